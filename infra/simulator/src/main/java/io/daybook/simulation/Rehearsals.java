package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;

/** Judges the answers of dry runs: that they write nothing the auditor sees by itself. */
final class Rehearsals {
    private final Auditor auditor;

    Rehearsals(Auditor auditor) {
        this.auditor = auditor;
    }

    void judge(Call call, int status, JsonNode body) {
        unless(status != 201, "%s is a dry run and was answered as done", call);
        if (!call.route.equals("post")) {
            return;
        }
        if (status == 200) {
            unless(body.path("id").isNull() && body.path("key").isNull(), "%s was given an id: %s", call, body);
            unless(!body.path("entries").isEmpty(), "%s has no entries: %s", call, body);
            body.path("entries").forEach(entry -> judgeEntry(call, entry));
        } else if (body.path("type").asText().equals("urn:daybook:insufficient-funds")) {
            var account = auditor.accounts().get(body.path("account").asText());
            var available = new BigInteger(body.path("available").asText());
            unless(
                    account.since(call.startedAt).stream()
                            .anyMatch(state -> state.tally()
                                    .available(account.creditNormal)
                                    .equals(available)),
                    "%s never had %s available in the time of %s",
                    account.id,
                    available,
                    call);
        }
    }

    /** It must follow from what the account was at some time of the call. */
    private void judgeEntry(Call call, JsonNode entry) {
        var account = auditor.part(entry);
        var after = Answers.tally(entry.path("balances"));
        var change = Answers.tally(entry.path("change"));
        unless(
                account.since(call.startedAt).stream()
                        .anyMatch(state ->
                                state.version() == entry.path("version").asLong() - 1
                                        && !state.closed()
                                        && state.tally().plus(change).equals(after)),
                "%s shows an entry that could not have been: %s",
                call,
                entry);
    }
}
