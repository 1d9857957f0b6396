"""Plans from files and as files: maDMP both ways, own JSON, forms; what has no place is kept, what may not be seen stays in."""

from __future__ import annotations

import io
import json

import pytest

from izumi.kernel.errors import Conflict, IzumiError, NotThere
from izumi.plans import actions, queries
from izumi.plans.tests.conftest import a_plan, an_entry
from izumi.records import queries as records

MADMP = {
    "dmp": {
        "title": "Plan of the Mihon River", "dmp_id": {"identifier": "https://doi.org/10.5072/dmp.1", "type": "doi"},
        "contact": {"contact_id": {"identifier": "https://orcid.org/0000-0002-1825-0097", "type": "orcid"}, "mbox": "pi@mihon.example", "name": "Mihon Hanako"},
        "created": "2026-04-01T09:00:00Z", "modified": "2026-05-01T09:00:00Z", "language": "eng", "ethical_issues_exist": "no",
        "project": [{"title": "Mihon River", "funding": [{
            "funder_id": {"identifier": "https://ror.org/00097mb19", "type": "ror"}, "funding_status": "granted",
            "grant_id": {"identifier": "JPMJXX9901", "type": "other"},
        }]}],
        "dataset": [{
            "title": "Water quality at fixed points", "dataset_id": {"identifier": "ds-1", "type": "other"}, "personal_data": "no", "sensitive_data": "no",
            "issued": "2027-06-30", "x_own": {"kept": True},
            "distribution": [{"title": "CSV", "data_access": "open", "byte_size": 2000000000, "license": [{"license_ref": "https://creativecommons.org/licenses/by/4.0/", "start_date": "2027-06-30"}]}],
        }],
    }
}  # fmt: skip


def test_a_madmp_finds_its_project_by_its_grant_and_opens_its_records(world_of):
    world = world_of([])
    pm = world.actor("pm")
    done = actions.import_plan(pm, json.dumps(MADMP).encode())
    assert (done.plan.project, done.plan.state, done.revised) == (world.project, "draft", False)
    assert dict(done.plan.title) == {"en": "Plan of the Mihon River"}
    (entry,) = done.plan.draft.document["entries"]
    assert entry["title"] == {"en": "Water quality at fixed points"} and entry["access"]["class"] == "embargoed"  # the licence starts later
    adopted = actions.adopt(pm, done.plan.id)
    assert records.view(pm, adopted.in_force.records[0]).metadata["title"]["en"] == "Water quality at fixed points"


def test_an_unchanged_madmp_is_written_back_as_it_stood(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.import_plan(pm, json.dumps(MADMP).encode()).plan
    written = json.loads(queries.exported(pm, plan.id, format="madmp").content)
    assert written == MADMP


def test_the_same_plan_again_is_a_conflict_or_a_revision_that_keeps_its_records(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.import_plan(pm, MADMP).plan
    record = actions.adopt(pm, plan.id).in_force.records[0]
    with pytest.raises(Conflict) as again:
        actions.import_plan(pm, MADMP, project=world.project)
    assert (again.value.code, again.value.facts["id"]) == ("plan.exists", plan.id)
    changed = json.loads(json.dumps(MADMP))
    changed["dmp"]["dataset"][0]["distribution"][0]["byte_size"] = 5_000
    done = actions.import_plan(pm, changed, as_revision=True)
    assert (done.revised, done.plan.id, done.plan.version) == (True, plan.id, 1)
    after = actions.adopt(pm, plan.id).plan
    assert after.entries[0].records == (record,)
    assert after.entries[0].planned["size_bytes"] == 5_000


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"{", "plan-unreadable"), (b"[]", "plan-unreadable"), (b"{" * 100_000, "plan-unreadable"), (b"\x00\x01", None), (b"a,b\n1,2\n", None), (b'{"dmp": {}}', None), (b'{"dmp": 5}', None)],
)  # fmt: skip
def test_what_is_no_plan_is_told_and_leaves_nothing(world_of, content, rule):
    world = world_of([])
    with pytest.raises(IzumiError) as refused:
        actions.import_plan(world.actor("pm"), content, project=world.project)
    assert refused.value.status in (400, 422)
    assert refused.value.findings
    if rule:
        assert [f.rule for f in refused.value.findings] == [rule]
    assert queries.plans_of(world.actor("pm")).items == ()


def test_a_grant_that_no_project_has_is_told_with_what_was_looked_up(world_of):
    world = world_of([])
    strange = json.loads(json.dumps(MADMP).replace("JPMJXX9901", "JPZZ000000"))
    with pytest.raises(IzumiError) as refused:
        actions.import_plan(world.actor("pm"), strange)
    (finding,) = refused.value.findings
    assert finding.rule == "project-unknown" and "JPZZ000000" in finding.message.one("en")
    given = actions.import_plan(world.actor("pm"), strange, project=world.project)
    assert "grant-not-of-project" in [f.rule for f in given.plan.findings]


@pytest.mark.parametrize("form", ["jsps", "amed", "metinedo", "moonshot", "common"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_form_written_out_can_be_read_again(world_of, form, kind):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=2))
    file = queries.exported(pm, plan.id, format=form, kind=kind)
    assert file.filename == f"{plan.id}.{form}.{kind}"
    again = actions.import_plan(pm, file.content, format=form, project=world.project, filename=file.filename)
    titles = [entry["title"]["ja"] for entry in again.plan.draft.document["entries"]]
    assert titles == [entry["title"]["ja"] for entry in plan.draft.document["entries"]]


def test_own_json_comes_back_as_another_plan(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world)).id).plan
    told = queries.exported(pm, plan.id).content
    assert [entry["record"] for entry in json.loads(told)["entries"]] == [entry.records[0] for entry in plan.entries]
    again = actions.import_plan(pm, told).plan
    assert again.id != plan.id
    assert [entry["title"] for entry in again.draft.document["entries"]] == [entry.document["title"] for entry in plan.entries]


def test_formulas_stay_text_in_a_table(world_of):
    import openpyxl

    world = world_of([])
    pm = world.actor("pm")
    plan = actions.create_plan(pm, a_plan(world, entries=[an_entry(1, title={"ja": '=HYPERLINK("https://evil.example","x")'})]))
    csv = queries.exported(pm, plan.id, format="jsps").content.decode("utf-8-sig")
    assert ",=HYPERLINK" not in csv and '"=HYPERLINK' not in csv
    sheet = openpyxl.load_workbook(io.BytesIO(queries.exported(pm, plan.id, format="jsps", kind="xlsx").content)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_what_became_of_the_promise_is_in_the_export_as_far_as_the_reader_may_see_it(world_of):
    world = world_of([])
    pm = world.actor("pm")
    plan = actions.adopt(pm, actions.create_plan(pm, a_plan(world, entries=1)).id).plan
    told = json.loads(queries.exported(pm, plan.id, format="madmp").content)
    assert plan.entries[0].records[0] in json.dumps(told)
    with pytest.raises(NotThere):
        queries.exported(world.actor("stranger"), plan.id, format="madmp")
    with pytest.raises(NotThere):
        queries.exported(pm, plan.id, format="docx")


def test_files_over_the_api(call, client, world_of):
    world = world_of([])
    headers = world.bearer("pm")
    made = client.generic("POST", f"/api/v1/plans/import?project={world.project}", json.dumps(MADMP), content_type="application/octet-stream", **headers)
    assert made.status_code == 201, made.content
    assert isinstance(made.json()["losses"], list)
    plan = made.json()["id"]
    as_json = call("POST", "plans", MADMP, **headers)
    assert (as_json.status_code, as_json.json()["code"]) == (409, "plan.exists")
    assert plan in as_json.json()["detail"]
    assert call("POST", "plans?as=revision", MADMP, **headers).status_code == 200
    csv = call("GET", f"plans/{plan}/export?format=jsps", **headers)
    assert (csv["Content-Type"], csv.content[:3]) == ("text/csv; charset=utf-8", b"\xef\xbb\xbf")
    assert call("GET", f"plans/{plan}/export?format=moonshot&as=xlsx", **headers).content[:2] == b"PK"
    assert "losses" in call("GET", f"plans/{plan}/export?format=madmp&loss=1", **headers).json()
    assert call("GET", f"plans/{plan}/export?format=exe", **headers).status_code == 404
