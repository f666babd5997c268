"""Holds the stack against what neither SAM nor cfn-lint looks at, on the template as CloudFormation gets it.

usage: check.py TRANSFORMED    checks, and writes the transformed template to that file
"""

import json
import os
import re
import sys
import tomllib
import zipfile

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
JAR = "functions/target/daybook-lambda.jar"
MOST_RESOURCES = 500
MOST_BYTES = 1_000_000

# Ways to damage the template that the checks must find.
DAMAGES = [
    ("Auth: {AuthorizationScopes: [daybook/write]}", "Auth: {}"),
    ("Auth: {AuthorizationScopes: [daybook/read]}", "Auth: {AuthorizationScope: [daybook/read]}"),
    ("Action: dynamodb:Query", "Action: dynamodb:*"),
    ("Resource: !GetAtt Journal.Arn", 'Resource: "*"'),
    ("PermissionsBoundary: !Ref Boundary", "Tags: {app: daybook}"),
    ("VisibilityTimeout: 180", "VisibilityTimeout: 60"),
    ("Queues: [!Ref AuditParts]", "Queues: [!Ref Events]"),
    ("Handler: io.daybook.api.OpenAccount", "Handler: io.daybook.api.OpenAcount"),
    ("AutoPublishCodeSha256: !Ref Release", "Description: x"),
    ("BatchSize: 10", "BatchSize: 100"),
    ("AllowedPattern: '([\\w.-]+=", "AllowedPattern: '([\\w.-]+=?"),
    ("Policy: Retain\n    Properties:\n      AdminCreate", "Policy: Delete\n    Properties:\n      AdminCreate"),
]

faults = []


def expect(truth, what):
    if not truth:
        faults.append(what)


class NoManagedPolicies:
    def load(self):
        return {}


def cloudformation(text, **parameters):
    """What CloudFormation makes of it, its code uploaded as `sam package` does."""
    template = yaml_parse(text)
    code = "s3://bucket/0123456789abcdef.jar"
    template["Globals"]["Function"]["CodeUri"] = code
    return transform(template, parameters, NoManagedPolicies())


def of_type(template, kind):
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def listed(value):
    return value if isinstance(value, list) else [value]


def check_routes(template):
    for path, methods in template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        for method, operation in methods.items():
            scope = "daybook/read" if method == "get" else "daybook/write"
            expect(operation.get("security") == [{"Jwt": [scope]}], f"{method} {path} does not ask for {scope} alone")


def check_parameters(template):
    allowed = re.compile(template["Parameters"]["OtlpHeaders"].get("AllowedPattern", ".*"), re.ASCII)
    for headers in ("", "api-key=x", "a=1,Authorization=Basic%20eDp5Cg=="):
        expect(allowed.fullmatch(headers), f"OtlpHeaders may not be {headers!r}")
    for headers in ("x", "=x", "a=", "a= ", "a=1,b", "a=1,", "a=%", "a=\u00e9"):
        expect(not allowed.fullmatch(headers), f"OtlpHeaders may be {headers!r}, by which no function starts")


def check_permissions(template):
    for name, role in of_type(template, "AWS::IAM::Role").items():
        expect(role["Properties"].get("PermissionsBoundary") == {"Ref": "Boundary"}, f"{name} has no boundary")
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                for action in listed(statement["Action"]):
                    expect("*" not in action, f"{name} may {action}")
                for resource in listed(statement["Resource"]):
                    expect(resource != "*", f"{name} may do something to everything")
    boundary = template["Resources"]["Boundary"]["Properties"]["PolicyDocument"]["Statement"]
    for statement in boundary:
        expect(all("*" not in action for action in statement["Action"]), "the boundary allows every action of a kind")
        expect("*" not in listed(statement["Resource"]), "the boundary is open to everything")


def check_queues(template):
    queues = of_type(template, "AWS::SQS::Queue")
    locked = {
        queue["Ref"]
        for policy in of_type(template, "AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for queue in policy["Properties"]["Queues"]
        if statement["Resource"] == {"Fn::GetAtt": [queue["Ref"], "Arn"]}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    expect(locked == set(queues), f"open to calls without TLS: {set(queues) - locked}")
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        properties = mapping["Properties"]
        queue = properties["EventSourceArn"]["Fn::GetAtt"][0]
        function = max((f for f in of_type(template, "AWS::Lambda::Function") if name.startswith(f)), key=len)
        timeout = template["Resources"][function]["Properties"]["Timeout"]
        visible = queues[queue]["Properties"]["VisibilityTimeout"]
        expect(visible >= 6 * timeout, f"{queue} shows a message again after {visible} s, {function} takes {timeout} s")
        expect(
            properties["BatchSize"] <= 10 or properties.get("MaximumBatchingWindowInSeconds", 0) > 0,
            f"{name} needs a window for its batch",
        )


def check_code(template):
    with zipfile.ZipFile(os.path.join(ROOT, JAR)) as jar:
        classes = set(jar.namelist())
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        handler = function["Properties"]["Handler"]
        expect(handler.replace(".", "/") + ".class" in classes, f"{name}: the jar has no {handler}")
        expect(function["Properties"]["Runtime"] == "java25", f"{name} runs on {function['Properties']['Runtime']}")
        expect(function["Properties"]["Architectures"] == ["arm64"], f"{name} is not for arm64")


def check_versions(text):
    """A parameter that changes what runs must publish new versions; the release it is deployed with makes them."""

    def versions(release):
        return set(of_type(cloudformation(text, Release=release), "AWS::Lambda::Version"))

    first, second = versions("0123456789"), versions("abcdef0123")
    expect(len(first) == len(of_type(cloudformation(text), "AWS::Lambda::Function")), "a function has no version")
    expect(first == versions("0123456789"), "one release makes different versions")
    expect(not first & second, f"not published anew by a new release: {first & second}")


def check_protection(template):
    """What refuses to be deleted fails the deletion of its stack, unless it is kept."""
    for name, resource in template["Resources"].items():
        protected = re.search('"DeletionProtection(Enabled)?": ("ACTIVE"|true)', json.dumps(resource))
        kept = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")} == {"Retain"}
        expect(kept or not protected, f"{name} is protected from a deletion that CloudFormation would try")


def check_settings():
    """SAM replaces these by those of its command line, and each of the README's commands has some."""
    with open(os.path.join(ROOT, "samconfig.toml"), "rb") as file:
        for stage, settings in tomllib.load(file).items():
            if isinstance(settings, dict):
                given = settings.get("deploy", {}).get("parameters", {})
                expect("parameter_overrides" not in given, f"samconfig.toml: {stage} has parameters that get lost")


def check_size(template):
    expect(len(template["Resources"]) <= MOST_RESOURCES, f"{len(template['Resources'])} resources")
    expect(len(json.dumps(template)) <= MOST_BYTES, "too large for CloudFormation")


def check(text):
    """The template as CloudFormation gets it, and what is wrong with it."""
    faults.clear()
    template = cloudformation(text, Release="0123456789")
    check_routes(template)
    check_parameters(template)
    check_permissions(template)
    check_queues(template)
    check_code(template)
    check_versions(text)
    check_protection(template)
    check_settings()
    check_size(template)
    return template, list(faults)


def main():
    with open(os.path.join(ROOT, "template.yaml"), encoding="utf-8") as file:
        text = file.read()
    template, found = check(text)
    for sound, damaged in DAMAGES:
        if sound not in text:
            found.append(f"nothing to damage: {sound}")
        elif not check(text.replace(sound, damaged, 1))[1]:
            found.append(f"not noticed: {damaged}")
    # What `sam package` would have uploaded.
    template["Resources"]["Observability"]["Properties"]["TemplateURL"] = "https://s3.amazonaws.com/bucket/observability"
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(template, file, indent=1)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(template['Resources'])} resources, {len(found)} faults, {len(DAMAGES)} damages noticed")
    return 1 if found else 0


sys.exit(main())
