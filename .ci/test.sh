#!/usr/bin/env bash
# Everything `make test` promises: a browser if one can be had, the checks, every test, one closing line.
set -u
cd "$(dirname "$0")/.." || exit 2
bin=.venv/bin
log=$(mktemp)
trap 'rm -f "$log"' EXIT
started=$SECONDS

find_browser() {
  local name
  for name in "${IZUMI_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable \
              "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$name" ] && command -v "$name" 2>/dev/null && return 0
  done
  return 1
}

browser=$(find_browser)
if [ -z "$browser" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "== installing chromium and fonts for the browser journeys"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >"$log" 2>&1 \
    || tail -n 3 "$log"
  browser=$(find_browser)
fi
export IZUMI_BROWSER="$browser"
journeys="journeys run in $(basename "${browser:-none}")"
[ -n "$browser" ] || journeys="journeys not run (no browser found)"

checks=0
bash .ci/lint.sh || checks=1
echo "== tests"
"$bin/python" -m pytest -q -n "${IZUMI_TEST_PROCESSES:-2}" --dist loadfile -p no:cacheprovider "$@" 2>&1 | tee "$log"
tests=${PIPESTATUS[0]}
summary=$(grep -E '(passed|failed|error|no tests ran)' "$log" | tail -n 1 | sed 's/=//g; s/^ *//; s/ *$//')
seconds=$((SECONDS - started))
verdict="OK"
{ [ "$checks" = 0 ] && [ "$tests" = 0 ]; } || verdict="FAILED"
lint="checks clean"
[ "$checks" = 0 ] || lint="checks found faults"
echo "make test: $verdict – $lint; ${summary:-no summary}; $journeys; ${seconds} s"
[ "$verdict" = OK ]
