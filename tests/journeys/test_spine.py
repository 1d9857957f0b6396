"""The way from the plan to the report by commands alone, as the how-to tells it: every stage says what it promises."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.demo.made import copied
from tests.journeys.conftest import Site, environment, free_port
from tests.shared import ROOT, shared_path

ID = r"[0-9a-z]{5}-[0-9a-z]{5}"
STAGES = {
    "1. The PI opens the project by its number": [rf"  {ID}: 長く使える軽金属：疲労と腐食のデータ基盤"],
    "2. and writes three entries": [
        r"  warning /entries/1/description Enter the description of the data in Japanese or English\.",
        r"  warning /entries/2/description Enter the description of the data in Japanese or English\.",
        r"  warning /entries/2/access/opens Because of the reason “To keep novelty” the data do not open by themselves on their day: "
        r"they wait for the data manager's confirmation\.",
        r"  warning  The plan was due on \d{4}-\d\d-\d\d \(call “Izumi Demonstration Programme, general call \(fictitious\)”\)\.",
        r"  task /entries/1/access/reasons/0/review_on Say when this reason will be reviewed\.",
    ],
    "3. and adopts: one draft for each entry is there": [rf"  S-{n} -> {ID}" for n in (1, 2, 3)],
    "4. A researcher opens the row of S-1, types what only they know, brings two files": [r"  nothing is missing"],
    "5. and publishes": [r"  version 1"],
    "6. Anyone finds it, and harvesters get it as JPCOAR": [r"  found: yes", r"  in /oai as jpcoar"],
    "7. The PM sees it in the Moonshot table and in the total for e-Rad": [
        r"  S-1 引張試験の原データ（6061、室温）, 公開／メタデータ：公開",
        r"  99999901 国立大学法人いずみ野大学: 12",
        r"  common items: 30 columns, 12 rows",
    ],
    "8. Sixty days later nothing stands behind S-2: late, and said so": [
        r"  late: It was to be published on \d{4}-\d\d-\d\d, 10 days ago, and is not public yet\.",
        r"  missing: It was to be registered by \d{4}-\d\d-\d\d; something is still missing: Contact of data manager, Description, License\.",
    ],
    "9. The plan is revised with a reason, and the row is as planned again": [r"  version 2 is in force", r"  settled"],
}


@pytest.fixture(scope="module")
def spoken(demo_place: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script said, stage by stage, and where it left the harvester's answer."""
    folder = tmp_path_factory.mktemp("spine")
    here = Site("http://127.0.0.1:8000", copied(demo_place, folder / "home"), "", "", "demo")
    command = folder / "izumi"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m izumi.web.cli "$@"\n', "utf-8")
    command.chmod(0o755)
    harvested = folder / "oai.xml"
    told = {**environment(here), "IZUMI": str(command), "PORT": str(free_port()), "OAI_COPY": str(harvested), "PYTHONPATH": str(ROOT)}
    told["PATH"] = f"{Path(sys.executable).parent}:{told['PATH']}"
    script = ROOT / "docs/how-to/from-plan-to-report.sh"
    done = subprocess.run(["bash", str(script)], env=told, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    stages: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("== "):
            lines = stages[line[3:]] = []
        elif line:
            lines.append(line)
    return {"stages": stages, "oai": harvested}


def test_the_script_goes_through_all_its_stages_in_order(spoken: dict[str, Any]) -> None:
    assert list(spoken["stages"]) == list(STAGES)


@pytest.mark.parametrize("stage", list(STAGES), ids=lambda stage: stage.split(".")[0])
def test_each_stage_says_what_it_promises(spoken: dict[str, Any], stage: str) -> None:
    said, wanted = spoken["stages"][stage], STAGES[stage]
    assert len(said) == len(wanted), said
    for line, pattern in zip(said, wanted, strict=True):
        assert re.fullmatch(pattern, line), line


def test_what_the_harvester_got_names_the_record_in_both_languages(spoken: dict[str, Any]) -> None:
    tree = etree.parse(spoken["oai"])
    record = spoken["stages"]["3. and adopts: one draft for each entry is there"][0].split()[-1]
    assert tree.findtext(".//{*}header/{*}identifier") == f"oai:demo.izumi.example:{record}"
    titles = {found.get("{http://www.w3.org/XML/1998/namespace}lang"): found.text for found in tree.iterfind(".//{http://purl.org/dc/elements/1.1/}title")}
    assert titles == {"ja": "引張試験の原データ（6061、室温）", "en": "Raw data of tensile tests (6061, room temperature)"}
    assert [found.text for found in tree.iterfind(".//{*}subject") if found.text in ("引張試験", "tensile test")] == ["引張試験", "tensile test"]
    assert sorted(found.text for found in tree.iterfind(".//{*}file/{*}URI"))[0].endswith("/loads.csv")


def test_what_the_harvester_got_is_valid_by_the_official_schemas(spoken: dict[str, Any]) -> None:
    spec = importlib.util.spec_from_file_location("load_offline", shared_path("schemas/load_offline.py"))
    assert spec is not None and spec.loader is not None
    offline = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(offline)
    tree = etree.parse(spoken["oai"])
    offline.xsd("jpcoar-2.0").assertValid(etree.ElementTree(tree.find(".//{*}metadata")[0]))
