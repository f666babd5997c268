#!/bin/sh
# Calls a running Daybook with random requests, valid and not, and holds every answer against infra/openapi.yaml.
# usage: infra/fuzz/run.sh [http://127.0.0.1:8080]    (a local cloud, best with --memory; further options go to Schemathesis)
set -eu
url=${1:-http://127.0.0.1:8080}
[ $# -eq 0 ] || shift
cd "$(dirname "$0")/../.."

mkdir -p target
venv=target/schemathesis-4.32.5
if [ ! -x $venv/bin/schemathesis ]; then
  python3 -m venv $venv
  $venv/bin/pip install -q --disable-pip-version-check schemathesis==4.32.5
fi

# Accounts that meet in random transactions, see hooks.py: enough of them refuse now and then.
open() {
  curl -fsS -o /dev/null -X PUT "$url/v1/ledgers/main/accounts/$1" -H 'Content-Type: application/json' -d "$2"
}
for currency in USD EUR; do
  prefix=$([ $currency = USD ] || echo eur:)
  open "${prefix}cash" "{\"asset\":\"$currency/2\",\"type\":\"asset\",\"minimum\":null}"
done
for account in users:alice users:bob shops:1; do open $account '{"asset":"USD/2","type":"liability"}'; done
for account in eur:alice eur:bob eur:shop; do open $account '{"asset":"EUR/2","type":"liability","minimum":"-5000","maximum":"5000"}'; done

# What it keeps for itself stays out of the sources.
cd target
exec "../$venv/bin/schemathesis" --config-file ../infra/fuzz/schemathesis.toml run ../infra/openapi.yaml --url "$url" "$@"
