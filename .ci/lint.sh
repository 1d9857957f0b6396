#!/usr/bin/env bash
# The checks that need no run: ruff, mypy, import contracts. Every one runs, then the worst decides.
set -u
cd "$(dirname "$0")/.." || exit 2
bin=.venv/bin
worst=0
echo "== ruff";         "$bin/ruff" check -q . || worst=1
echo "== mypy";         "$bin/mypy" --no-error-summary || worst=1
echo "== import rules"; "$bin/lint-imports" >/tmp/izumi-imports.$$ 2>&1 || { cat /tmp/izumi-imports.$$; worst=1; }
rm -f /tmp/izumi-imports.$$
exit $worst
