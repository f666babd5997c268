"""Holds what `sam local` makes of the template against what the functions need, as far as that goes without Docker.

usage: local.py ENVIRONMENT    the file that `./daybook local --services-only` writes
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)

stacks, _ = SamLocalStackProvider.get_stacks("template.yaml")
functions = SamFunctionProvider(stacks)
runner = LocalLambdaRunner(
    local_runtime=None, function_provider=functions, cwd=".", real_path=".", env_vars_values=given
)

faults = []
for function in functions.get_all():
    event = f"events/{function.name}.json"
    if not os.path.isfile(function.codeuri):
        faults.append(f"{function.name}: there is no {function.codeuri}")
    if not os.path.isfile(event):
        faults.append(f"{function.name}: there is no {event}")
    environment = runner._make_env_vars(function).resolve()
    for name, value in given.get(function.name, {}).items():
        # What Lambda sets by itself, SAM sets by itself.
        if not name.startswith("AWS_") or name.startswith("AWS_ENDPOINT_URL"):
            if environment.get(name) != value:
                faults.append(f"{function.name}: {name} is {environment.get(name)!r}, not {value!r}")
    if function.name not in given:
        faults.append(f"{function.name} is not in {sys.argv[1]}")

routes = {(method, route.path) for route in ApiProvider(stacks).api.routes for method in route.methods}
if len(routes) != sum('"routeKey"' in open(f"events/{name}.json", encoding="utf-8").read() for name in given):
    faults.append(f"sam local start-api would have {len(routes)} routes")

for fault in faults:
    print(fault, file=sys.stderr)
print(f"{len(given)} functions, {len(routes)} routes, {len(faults)} faults")
sys.exit(1 if faults else 0)
