#!/usr/bin/env bash
# From the plan to the report, by commands alone: three promises, one kept, one missed on purpose, and the plan revised.
# 計画から報告まで：約束を三つ、一つは守り、一つはわざと遅れ、計画を改訂します。
#
#   IZUMI_HOME=var docs/how-to/from-plan-to-report.sh [NUMBER OF A PROJECT]
#
# Needs a demo's home (`izumi demo --no-serve`) and python3; serves it for a moment on PORT (default 8765).
set -euo pipefail
izumi=${IZUMI:-izumi}
number=${1:-JPIAXX9901}
port=${PORT:-8765}
work=$(mktemp -d)
unset IZUMI_CLOCK
say() { printf '\n== %s\n' "$*"; }
as() { local who=$1; shift; "$izumi" "$@" --as "$who" --json; }
# d is the answer, rows all lines of a list; nothing found is a failure
pick() { python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]; d = rows[0] if rows else {}
r = eval(sys.argv[1]); print(*(r if isinstance(r, list) else [r]), sep="\n"); sys.exit(not r)' "$@"; }
get() { python3 -c 'import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1], timeout=30).read())' "$1" 2>/dev/null; }
day() { python3 -c "import datetime as d, sys; print(d.datetime.now(d.timezone(d.timedelta(hours=9))).date() + d.timedelta(days=int(sys.argv[1])))" "$1"; }

say "1. The PI opens the project by its number"
"$izumi" project show "$number" --json >"$work/project.json"
project=$(pick 'd["id"]' <"$work/project.json")
pick '"  %s: %s" % (d["id"], d["title"]["ja"])' <"$work/project.json"

say "2. and writes three entries"
cat >"$work/plan.json" <<JSON
{"title": {"ja": "軽金属の追加試験の計画", "en": "Plan of further tests on light metals"},
 "entries": [
  {"data_number": "S-1", "title": {"ja": "引張試験の原データ（6061、室温）", "en": "Raw data of tensile tests (6061, room temperature)"},
   "description": {"ja": "室温で行った引張試験12本の荷重と変位の記録です。", "en": "Load and displacement of twelve tensile tests at room temperature."},
   "type": "experimental_data", "field": "489", "access": {"class": "open"}, "terms": {"fee": "free", "licence": "CC-BY-4.0"},
   "hosting_organisation": {"name": {"ja": "国立大学法人いずみ野大学"}}, "manager": {"name": {"ja": "研究データ室"}, "organisation": true},
   "contact": {"email": "research-data@izumino.example"}, "management": {"managed": true, "basis": "funder_criterion"},
   "planned": {"register_by": "$(day 20)", "publish_on": "$(day 30)", "size_bytes": 1000000}},
  {"data_number": "S-2", "title": {"ja": "破面の観察画像（6061、室温）", "en": "Images of fracture surfaces (6061, room temperature)"},
   "access": {"class": "closed", "reasons": [{"code": "contract"}]}, "management": {"managed": true, "basis": "funder_criterion"},
   "planned": {"register_by": "$(day 40)", "publish_on": "$(day 50)", "size_bytes": 5000000}},
  {"data_number": "S-3", "title": {"ja": "疲労試験の追加データ（6061、高温）", "en": "Further fatigue tests (6061, high temperature)"},
   "access": {"class": "embargoed", "available_on": "$(day 400)", "reasons": [{"code": "novelty"}]},
   "management": {"managed": true, "basis": "funder_criterion"}, "planned": {"register_by": "$(day 60)", "publish_on": "$(day 90)"}}]}
JSON
plan=$(as pm plan import "$work/plan.json" --project "$project" | pick 'd["id"]')
as pm plan check "$plan" | pick '["  %s %s %s" % (f["severity"], f["pointer"], f["message"]["en"]) for f in d["findings"]]' || true

say "3. and adopts: one draft for each entry is there"
as pm plan adopt "$plan" | pick '["  %s -> %s" % (e["data_number"], e["record"]) for e in d["entries"]]'
record=$(as pm plan show "$plan" | pick '[e["record"] for e in d["entries"] if e["data_number"] == "S-1"]')

say "4. A researcher opens the row of S-1, types what only they know, brings two files"
as researcher record edit "$record" --set 'keywords:=[{"text": {"ja": "引張試験", "en": "tensile test"}}]' \
  --set 'dates:=[{"type": "collected", "value": "2026-10"}]' >/dev/null
printf 'specimen,load (kN)\nT-01,12.3\nT-02,12.1\n' >"$work/loads.csv"
printf 'Machine: invented. Load cell 50 kN.\n' >"$work/readme.txt"
as researcher files add "$record" "$work/loads.csv" "$work/readme.txt" >/dev/null
as researcher record validate "$record" | pick '[f["pointer"] for f in d["findings"] if f["severity"] == "error"] or ["  nothing is missing"]'

say "5. and publishes"
as researcher publish "$record" | pick '"  version %s" % d["version"]'

say "6. Anyone finds it, and harvesters get it as JPCOAR"
"$izumi" serve --port "$port" >"$work/serve.log" 2>&1 & server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 120); do get "http://127.0.0.1:$port/readyz" >/dev/null && break; sleep 0.5; done
site="http://127.0.0.1:$port"
for _ in $(seq 60); do
  get "$site/api/v1/search?q=%E5%BC%95%E5%BC%B5%E8%A9%A6%E9%A8%93%E3%81%AE%E5%8E%9F%E3%83%87%E3%83%BC%E3%82%BF" | grep -q "$record" && found=yes && break
  sleep 0.5
done
echo "  found: ${found:-no}"; [ "${found:-no}" = yes ]
name=$(get "$site/oai?verb=Identify" | sed -n 's:.*<repositoryIdentifier>\(.*\)</repositoryIdentifier>.*:\1:p')
for _ in $(seq 60); do
  get "$site/oai?verb=GetRecord&metadataPrefix=jpcoar&identifier=oai:${name:-demo.izumi.example}:$record" >"$work/oai.xml"
  grep -q 'jpcoar:jpcoar' "$work/oai.xml" && break; sleep 0.5
done
grep -q '引張試験の原データ' "$work/oai.xml" && echo "  in /oai as jpcoar"
cp "$work/oai.xml" "${OAI_COPY:-/dev/null}"
kill "$server"; wait "$server" 2>/dev/null || true

say "7. The PM sees it in the Moonshot table and in the total for e-Rad"
as pm report moonshot --project "$project" --format json \
  | pick '["  %s %s, %s" % (r["data_number"], r["title"], r["access_policy"]) for r in d["rows"] if r["record"] == sys.argv[2]]' "$record"
as pm report erad --project "$project" --format json \
  | pick '["  %s %s: %s" % (r["number"], r["organisation_name"]["ja"], r["count"]) for r in d["rows"] if sys.argv[2] in r["records"]]' "$record"
"$izumi" report common --project "$project" --format csv --to "$work/common.csv" --as pm >/dev/null
python3 -c 'import csv, sys
table = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline="")))
print("  common items: %d columns, %d rows" % (len(table[0]), len(table) - 1))' "$work/common.csv"

say "8. Sixty days later nothing stands behind S-2: late, and said so"
export IZUMI_CLOCK="$(day 60)T09:00:00+09:00"
as pm plan deviations "$plan" | pick '["  %s: %s" % (i["code"], i["message"]["en"]) for i in rows if i["code"] in ("late", "missing")]'

say "9. The plan is revised with a reason, and the row is as planned again"
as pm plan revise "$plan" --why '装置の修理のため、3か月延ばします。 / The machine is being repaired: three months more.' \
  --entry S-2 --set "planned.register_by=$(day 130)" --set "planned.publish_on=$(day 140)" --adopt | pick '"  version %s is in force" % d["version"]'
as pm plan deviations "$plan" | pick '"  settled" * (not [i for i in rows if i["code"] in ("late", "missing")])'
