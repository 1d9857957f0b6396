"""The demo as it stands after its first run: what it holds, who may do what, and that it was made through actions."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from izumi.kernel import clock
from izumi.kernel.locks import exclusive
from izumi.people.queries import actor_for
from tests.demo.made import make_demo
from tests.shared import shared_path

pytestmark = pytest.mark.usefixtures("site")

ACCOUNTS = ["admin", "company", "curator", "funder", "operator", "pm", "researcher"]
EXAMPLES = ["closed", "draft", "embargoed", "group", "open", "organisation", "plan", "programme", "project", "shared"]
SCHEMAS = {"jpcoar_2.0": "jpcoar-2.0", "jpcoar_2.1": "jpcoar-2.1", "datacite-xml": "datacite-4.7", "oai_dc": "oai_dc"}


def records() -> list[Any]:
    from izumi.records.models import Record

    return list(Record.objects.order_by("id"))


def live() -> list[Any]:
    return [record for record in records() if record.state == "published"]


def documents() -> dict[str, dict[str, Any]]:
    """The newest published metadata by record."""
    from izumi.records.models import Version

    return {v.record_id: v.metadata for v in Version.objects.order_by("n", "correction")}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_it_prints_home_accounts_and_examples(told: dict[str, Any], demo_place: Path) -> None:
    assert sorted(told) == ["accounts", "base_url", "examples", "home"]
    assert told["home"] == str(demo_place)
    assert told["base_url"] == "http://127.0.0.1:8000"
    assert sorted(told["accounts"]) == ACCOUNTS
    assert sorted(told["examples"]) == EXAMPLES
    assert {sorted(account)[0] for account in told["accounts"].values()} == {"password"}
    assert {account["password"] for account in told["accounts"].values()} == {"izumi-demo"}


def test_its_file_of_tokens_is_for_its_owner_alone(demo_place: Path) -> None:
    assert stat.S_IMODE((demo_place / "demo.json").stat().st_mode) == 0o600
    assert 'env = "demo"' in (demo_place / "izumi.toml").read_text("utf-8")


def test_it_holds_more_than_forty_live_records_of_every_class(told: dict[str, Any]) -> None:
    counted = Counter(record.access_class for record in live())
    assert len(live()) >= 44
    assert counted["open"] >= 26
    assert min(counted["shared"], counted["closed"], counted["embargoed"]) >= 5
    states = Counter(record.state for record in records())
    assert states["withdrawn"] >= 1
    assert states["scheduled"] == 1


def test_every_published_record_has_a_licence_and_both_languages(told: dict[str, Any]) -> None:
    for record, document in documents().items():
        assert document["terms"]["licence"], record
        for name in ("title", "description"):
            assert set(document[name]) == {"ja", "en"}, record


def test_several_records_have_versions_and_some_a_correction() -> None:
    latest = Counter(record.latest for record in live())
    assert latest[2] >= 3
    assert latest[3] >= 2
    assert sum(record.correction > 0 for record in live()) >= 2


def test_the_accounts_have_the_roles_they_are_named_after(told: dict[str, Any]) -> None:
    examples = told["examples"]
    keys = {name: actor_for(account["person"], clock.now()).keys for name, account in told["accounts"].items()}
    for name in ("researcher", "pm", "curator"):
        assert f"org:{examples['organisation']}" in keys[name]
    assert f"role:pm@project:{examples['project']}" in keys["pm"]
    assert f"role:curator@org:{examples['organisation']}" in keys["curator"]
    assert f"role:funder@programme:{examples['programme']}" in keys["funder"]
    assert "role:admin@site" in keys["admin"]
    assert "role:operator@site" in keys["operator"]
    assert any(key.startswith("role:company@org:") for key in keys["company"])
    assert f"project:{examples['project']}" not in keys["company"]
    assert f"group:{examples['group']}" in keys["researcher"]


def test_the_examples_are_what_they_are_called(told: dict[str, Any]) -> None:
    from izumi.people.models import Project
    from izumi.records.models import Draft, Record, RecordProject

    examples = told["examples"]
    for name in ("open", "embargoed", "shared", "closed"):
        assert Record.objects.get(pk=examples[name]).access_class == name
    assert Project.objects.get(pk=examples["project"]).programme_id == examples["programme"]
    assert RecordProject.objects.filter(record=examples["open"], project=examples["project"]).exists()
    draft = Draft.objects.get(record=examples["draft"])
    assert draft.state == "open"
    assert Record.objects.get(pk=examples["draft"]).owner == told["accounts"]["researcher"]["person"]


def test_an_embargo_ends_in_two_days(told: dict[str, Any]) -> None:
    from izumi.records.models import Record

    access = Record.objects.get(pk=told["examples"]["embargoed"]).access
    assert access.get("opens", "auto") == "auto"
    days = {(date_of(record.access) - clock.today()).days for record in live() if record.access_class == "embargoed"}
    assert min(days) <= 2 < max(days)


def date_of(access: dict[str, Any]) -> Any:
    from izumi.kernel.days import parse_day

    return parse_day(access["available_on"])


def test_every_record_came_through_actions() -> None:
    from izumi.kernel.models import EventRow

    said: dict[str, Counter[str]] = {}
    for subject, verb in EventRow.objects.values_list("subject", "verb"):
        said.setdefault(subject, Counter())[verb] += 1
    for record in records():
        assert said[record.id]["record.created"] == 1, record.id
        assert said[record.id]["record.published"] == record.latest, record.id
        assert said[record.id]["record.withdrawn"] == (1 if record.withdrawn_at else 0), record.id
    verbs = sum(said.values(), Counter())
    assert verbs["record.returned"] >= 1
    assert verbs["record.scheduled"] == 1
    assert verbs["record.access_changed"] >= 1
    assert verbs["record.corrected"] >= 2


def test_the_year_of_work_is_long_and_its_journal_runs_forward() -> None:
    from izumi.kernel.models import EventRow

    moments = list(EventRow.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert (moments[-1] - moments[0]).days >= 500


def test_all_consumers_have_caught_up_and_everything_public_is_sealed() -> None:
    from izumi.kernel import running

    assert set(running.behind().values()) <= {0}
    assert running.waiting_jobs() == 0
    assert {record.seal_state for record in records() if record.latest} == {"sealed"}


def test_every_public_record_exports_in_every_format(client: Client) -> None:
    from izumi.formats.queries import all_codecs

    for record in live():
        if record.access.get("metadata_class", "open") != "open":
            continue
        for name in sorted(all_codecs()):
            answer = client.get(f"/api/v1/records/{record.id}/export", {"format": name})
            assert answer.status_code == 200, (record.id, name, answer.content)
            raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert raw, (record.id, name)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_public_record_is_valid_by_the_official_schema(client: Client, name: str) -> None:
    spec = importlib.util.spec_from_file_location("load_offline", shared_path("schemas/load_offline.py"))
    assert spec is not None and spec.loader is not None
    offline = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(offline)
    schema = offline.xsd(SCHEMAS[name])
    for record in live():
        if record.access.get("metadata_class", "open") == "open":
            answer = client.get(f"/api/v1/records/{record.id}/export", {"format": name})
            raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
            schema.assertValid(etree.fromstring(raw))


def test_a_copy_of_the_open_example_publishes(client: Client, told: dict[str, Any]) -> None:
    key = {"HTTP_AUTHORIZATION": f"Bearer {told['accounts']['curator']['token']}"}
    shown = client.get(f"/api/v1/records/{told['examples']['open']}").json()
    copy = client.post(
        "/api/v1/records", {"kind": "dataset", "metadata": shown["metadata"]}, content_type="application/json", **key
    )
    assert copy.status_code == 201, copy.content
    published = client.post(f"/api/v1/records/{copy.json()['id']}/publish", {}, content_type="application/json", **key)
    assert published.status_code == 200, published.content


def test_the_open_example_shows_every_common_item_to_anyone(client: Client, told: dict[str, Any]) -> None:
    shown = client.get(f"/api/v1/records/{told['examples']['open']}").json()["metadata"]
    row = client.get(f"/api/v1/records/{told['examples']['open']}/export", {"format": "common-csv"})
    raw = b"".join(row.streaming_content) if row.streaming else row.content
    import csv
    import io

    header, cells = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    empty = {name for name, cell in zip(header, cells, strict=True) if not cell}
    assert empty == {"公開予定日 (公開期間猶予の場合)", "データ管理者の研究者番号"}
    assert shown["contact"]["email"] == "research-data@izumino.example"


def test_a_closed_record_is_unknown_to_strangers(client: Client) -> None:
    hidden = next(record for record in live() if record.access.get("metadata_class") == "closed")
    assert client.get(f"/records/{hidden.id}").status_code == 404


def test_the_second_run_is_quick_and_prints_the_same(tmp_path: Path, told: dict[str, Any], demo_place: Path) -> None:
    copied = tmp_path / "again"
    shutil.copytree(demo_place, copied)
    started = time.monotonic()
    again = make_demo(copied, "--port", "8123")
    assert time.monotonic() - started < 30
    assert again["accounts"] == told["accounts"]
    assert again["examples"] == told["examples"]
    assert again["base_url"] == "http://127.0.0.1:8123"


def refused(place: Path) -> dict[str, Any]:
    """What ``izumi demo --reset`` says when it refuses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IZUMI_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "izumi.web.cli", "demo", "--no-serve", "--json", "--reset"],
        env={**kept, "IZUMI_HOME": str(place)}, capture_output=True, check=False, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.returncode != 0
    problem: dict[str, Any] = json.loads(done.stdout)
    return problem


def test_a_home_that_is_no_demo_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "izumi.toml").write_text('format = 1\nenv = "production"\n', "utf-8")
    assert refused(tmp_path)["code"] == "home.exists"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["izumi.toml"]


def test_a_demo_that_is_being_served_is_not_made_again(tmp_path: Path) -> None:
    (tmp_path / "izumi.toml").write_text('format = 1\nenv = "demo"\n', "utf-8")
    with exclusive(tmp_path / "worker.lock"):
        assert refused(tmp_path)["code"] == "home.in_use"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["izumi.toml", "worker.lock"]
