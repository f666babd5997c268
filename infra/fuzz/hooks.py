"""What a schema cannot say: rules between members, and states that a random request would never reach.

A request that was made to be valid is bent to the ledger "main" and to the accounts that run.sh has opened there. One that
was made to be invalid goes out as it is.
"""

import datetime
import itertools
import json
import urllib.parse
import zlib

import schemathesis
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import CoverageScenario, TestPhase

ACCOUNTS = {
    "USD/2": ["cash", "users:alice", "users:bob", "shops:1"],
    "EUR/2": ["eur:cash", "eur:alice", "eur:bob", "eur:shop"],
}
keys = itertools.count()
# Ids of the ledger "main" that settle, void and reverse have something to do for; of the holds with what they hold.
holds: dict[str, list] = {}
posted: list[str] = []


def choice(options, *of):
    """One of the options, always the same for the same values."""
    return options[zlib.crc32(repr(of).encode()) % len(options)]


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None:
        return
    query = case.query or {}
    if case.meta.generation.mode == GenerationMode.NEGATIVE:
        # A dry run takes any idempotency key, and none.
        posting = case.operation.definition.raw["operationId"] in ("postTransaction", "postBatch")
        if posting and query.get("dryRun") in (True, "true"):
            query["dryRun"] = False
        return
    if "account" in (case.path_parameters or {}):
        case.path_parameters["account"] = urllib.parse.unquote(case.path_parameters["account"])
    random = case.meta.phase.name != TestPhase.EXAMPLES
    if random:
        to_known_accounts(case)
    body = case.body if isinstance(case.body, dict) else {}
    to_agreeing_parameters(query)
    for transaction in [body, *body.get("transactions", [])]:
        to_agreeing_members(transaction, random)
    for limit, sign in (("minimum", "-"), ("maximum", "")):
        if body.get(limit) is not None and str(body[limit]) != "0":
            body[limit] = sign + str(body[limit]).lstrip("-")
    if isinstance(body.get("stripes"), (int, float)) and body["stripes"] > 1:
        # Whoever is kept in parts has no limits, and says so.
        body["minimum"], body["maximum"] = None, None
    if isinstance(body.get("stripes"), float):
        body["stripes"] = int(body["stripes"])
    match case.operation.definition.raw["operationId"]:
        case "changeAccount":
            # Merged into what is there, which has at most 20.
            if body.get("metadata"):
                body["metadata"] = {f"key{i % 20}": value for i, value in enumerate(body["metadata"].values())}
            if body.get("closed") and case.path_parameters["account"] in ACCOUNTS["USD/2"]:
                body["closed"] = False
        case "settleHold" if random and (held := a_hold(case)):
            case.path_parameters["id"] = held
            if "postings" in body:
                # They have to be those that are held.
                part = choice([1, 2, 4], body)
                body["postings"] = [p | {"amount": str(-(-int(p["amount"]) // part))} for p in holds[held]]
        case "settleHold":
            body.pop("postings", None)
        case "voidHold" if random and (held := a_hold(case)):
            case.path_parameters["id"] = held
        case "reverseTransaction" if posted and random:
            # Most are taken once, the others have a reversal already.
            case.path_parameters["id"] = posted[-1] if len(posted) == 1 else posted.pop(0)


def a_hold(case):
    """One that is pending, or, one time in three, none; places it where there is none."""
    if choice([True, False, False], next(keys)):
        return None
    if not holds:
        post = case.operation.schema["/v1/ledgers/{ledger}/transactions"]["POST"]
        posting = {"debit": "cash", "credit": "users:alice", "amount": "100"}
        remember(
            post.Case(
                path_parameters={"ledger": "main"},
                headers={"Idempotency-Key": f"hold-{next(keys)}"},
                body={"postings": [posting], "pending": True},
            )
            .call()
            .json()
        )
    return min(holds, default=None)


def to_known_accounts(case):
    path = case.path_parameters or {}
    if "ledger" in path:
        path["ledger"] = "main"
    if "account" in path and case.method != "PUT":
        path["account"] = choice([*ACCOUNTS["USD/2"], *ACCOUNTS["EUR/2"], path["account"]], path["account"])


def to_agreeing_parameters(query):
    query.pop("cursor", None)
    if "key" in query:
        for name in [name for name in query if name != "key"]:
            del query[name]
    if "at" in query:
        query.pop("atLeast", None)
        query.pop("consistency", None)
    if "from" in query and "to" in query:
        query["from"], query["to"] = "2026-01-01T00:00:00Z", query["to"]
        if moment(query["to"]) <= moment(query["from"]):
            query["to"] = "2036-01-01T00:00:00+01:00"


def to_agreeing_members(transaction, random):
    postings = transaction.get("postings") or []
    if random:
        for posting in postings:
            of_asset = choice(list(ACCOUNTS.values()), posting)
            posting["debit"] = choice([*of_asset, *of_asset, "nobody"], posting)
            posting["credit"] = choice([a for a in of_asset if a != posting["debit"]], posting)
            if isinstance(posting["amount"], float) or choice([True, True, False], posting["amount"]):
                # To a schema 5.0 is an integer, to Daybook it is none.
                posting["amount"] = choice(["1", 7, "250", 10000], posting["amount"])
        if "key" in transaction:
            transaction["key"] = f"{transaction['key'][:240]}-{next(keys)}"
    if transaction.get("expect"):
        transaction["expect"] = {posting["debit"]: 0 for posting in postings[: choice([0, 0, 0, 1], postings)]}
    if transaction.get("expiresAt") is not None:
        transaction["pending"] = True
        transaction["expiresAt"] = (
            datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=choice([2, 60, 3600, 31_000_000], postings))
        ).isoformat()


def moment(text):
    return datetime.datetime.fromisoformat(text[:19].upper() + "+00:00")


@schemathesis.hook
def after_call(context, case, response: Response):
    """Keeps in mind which transactions can be settled, voided or reversed."""
    operation = case.operation.definition.raw["operationId"]
    if operation in ("settleHold", "voidHold") and response.status_code == 409:
        holds.pop(case.path_parameters["id"], None)
    if (case.query or {}).get("dryRun") in (True, "true") or response.status_code not in (200, 201):
        return
    match operation:
        case "postTransaction":
            remember(response.json())
        case "postBatch":
            for result in response.json()["results"]:
                remember(result.get("transaction", {}))
        case "settleHold" | "voidHold":
            holds.pop(response.json()["id"], None)
            remember(response.json())


def remember(transaction):
    match transaction.get("status"):
        case "pending":
            holds[transaction["id"]] = transaction["postings"]
        case "posted":
            posted.append(transaction["id"])


@schemathesis.check
def unknown_methods_are_not_found(ctx, response, case):
    """As API Gateway's HTTP APIs do."""
    data = case.meta.phase.data if case.meta else None
    if getattr(data, "scenario", None) == CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        assert response.status_code == 404, f"{response.request.method} was answered by {response.status_code}"
        assert response.request.method == "HEAD" or json.loads(response.content) == {"message": "Not Found"}
