"""REST of projects, programmes, calls, rounds and lists; and the commands that call it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions, queries
from izumi.people.models import Project
from izumi.people.types import Number
from izumi.web.cli import main

LIST = "課題ID,研究課題名,研究機関名\n21000001,水の研究,見本大学\n21000002,どこかの研究,無い大学\n"


class Api:
    """The API as one person, by token; anonymous without."""

    def __init__(self, person=None, scopes=("read", "write", "publish", "admin")):
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {actions.create_token(console(), person=person, scopes=scopes).secret}"} if person else {}

    def __call__(self, method, path, body=None, content=None):
        data = content if content is not None else b"" if body is None else json.dumps(body)
        kind = "application/octet-stream" if content is not None else "application/json"
        told = self.client.generic(method, f"/api/v1{path}", data, content_type=kind, headers=self.headers)
        return told.status_code, (json.loads(told.content) if told.content else None)


@pytest.fixture
def site(home):
    me = console()
    university = actions.add_organisation(me, legal_name={"ja": "国立大学法人見本大学"}, kind="university")
    programme = actions.add_programme(me, title={"ja": "見本事業"}, code="MJMS", chain=["institution"])
    people = {name: actions.add_person(me, username=name, name={"ja": name}, organisation=university) for name in ("admin", "curator", "pm", "funder", "other")}
    actions.assign_role(me, person=people["admin"], role="admin", scope="site")
    actions.assign_role(me, person=people["curator"], role="curator", scope=f"org:{university}")
    actions.assign_role(me, person=people["funder"], role="funder", scope=f"programme:{programme}")
    project = actions.add_project(me, title={"ja": "水の研究"}, organisation=university, numbers=[Number(scheme="JGN", value="JPMJMS2011")])
    actions.assign_role(me, person=people["pm"], role="pm", scope=f"project:{project}")
    return {"university": university, "programme": programme, "project": project, **people}


def test_a_call_and_a_round_are_registered_read_and_changed(site):
    funder, anyone = Api(site["funder"]), Api()
    status, call = funder("POST", "/calls", {"programme": site["programme"], "title": {"ja": "公募"}, "fiscal_year": 2026, "closes_on": "2026-05-01"})
    assert (status, call["closes_on"], call["chain"]) == (201, "2026-05-01", None)
    assert funder("PATCH", f"/calls/{call['id']}", {"closes_on": None, "chain": []})[1]["chain"] == []
    status, asked = funder(
        "POST", "/rounds",
        {"programme": site["programme"], "title": {"ja": "報告"}, "scheme": "erad", "fiscal_year": 2026, "as_of": "2027-03-31", "due_on": "2027-05-31"},
    )  # fmt: skip
    assert status == 201
    assert anyone("GET", f"/programmes/{site['programme']}/calls")[1]["items"] == [anyone("GET", f"/calls/{call['id']}")[1]]
    assert anyone("GET", f"/programmes/{site['programme']}/rounds")[1]["items"] == [anyone("GET", f"/rounds/{asked['id']}")[1]]
    assert anyone("GET", "/calls?fiscal_year=2026")[1]["total"] == 1
    assert anyone("GET", "/calls?fiscal_year=2025")[1]["total"] == 0
    assert anyone("GET", f"/rounds?programme={site['programme']}")[1]["items"] == [asked]
    assert anyone("GET", "/calls/aaaaa-aaaaa")[0] == 404
    assert anyone("POST", "/calls", {"programme": site["programme"], "title": {"ja": "公募"}, "fiscal_year": 2026})[0] == 401
    assert Api(site["pm"])("PATCH", f"/calls/{call['id']}", {"closes_on": None})[0] == 403
    assert Api(site["funder"], ("read", "write"))("PATCH", f"/calls/{call['id']}", {"closes_on": None})[0] == 403


def test_null_empties_what_may_be_empty_and_is_told_where_it_may_not(site):
    admin = Api(site["admin"])
    status, problem = admin("PATCH", f"/projects/{site['project']}", {"title": None, "organisation": None})
    assert (status, sorted(f["pointer"] for f in problem["findings"])) == (422, ["/organisation", "/title"])
    assert admin("PATCH", f"/projects/{site['project']}", {"field": "389", "ends_on": "2028-03-31"})[1]["field"] == "389"
    assert admin("PATCH", f"/projects/{site['project']}", {"field": None, "ends_on": None})[1]["field"] is None
    assert admin("PATCH", f"/programmes/{site['programme']}", {"chain": None, "goal": None, "plan_form": None})[1]["chain"] == []
    assert admin("PATCH", f"/projects/{site['project']}", {"colour": "red"})[0] == 422


def test_a_closed_call_is_a_problem_that_names_the_call(site):
    call = actions.add_call(console(), site["programme"], title={"ja": "昨日までの公募"}, fiscal_year=2020, closes_on=_past())
    body = {"title": {"ja": "遅れた研究"}, "organisation": site["university"], "call": call}
    status, problem = Api(site["curator"])("POST", "/projects", body)
    assert (status, problem["findings"][0]["rule"], problem["findings"][0]["source"]) == (422, "call-closed", f"call:{call}")
    status, made = Api(site["admin"])("POST", "/projects", body)
    assert (status, [one["rule"] for one in made["findings"]]) == (201, ["call-closed"])


def _past():
    from izumi.kernel.days import parse_day

    return parse_day("2020-05-01")


def test_why_no_plan_is_needed_is_told_to_those_concerned_alone(site):
    pm, path = Api(site["pm"]), f"/projects/{site['project']}"
    assert pm("POST", f"{path}/exempt", {"why": "委託者が管理します"})[1]["no_plan_why"] == "委託者が管理します"
    for name in ("pm", "curator", "admin"):
        assert Api(site[name])("GET", path)[1]["no_plan_why"] == "委託者が管理します"
    actions.update_project(console(), site["project"], programme=site["programme"])
    assert Api(site["funder"])("GET", path)[1]["no_plan_why"] == "委託者が管理します"
    for reader in (Api(), Api(site["other"])):
        assert "no_plan_why" not in reader("GET", path)[1]
        assert "委託者" not in json.dumps(reader("GET", "/projects")[1], ensure_ascii=False)
    assert Api(site["other"])("POST", f"{path}/exempt", {"why": "x"})[0] == 403


@pytest.mark.parametrize(
    "asked", ["?number=jp-mjms-2011", "?number=https://doi.org/10.52926/JPMJMS2011", "?q=JPMJMS2011", "?q=mjms2011", "?q=水"]
)
def test_the_list_of_projects_finds_by_number_and_by_words(site, asked):
    assert [one["id"] for one in Api()("GET", f"/projects{asked}")[1]["items"]] == [site["project"]]
    assert Api()("GET", "/projects?q=JPMJMS2012")[1]["total"] == 0


def test_a_list_is_loaded_over_the_api_by_those_who_may(site):
    curator = Api(site["curator"])
    for reader, status in ((Api(), 401), (Api(site["pm"]), 403), (Api(site["curator"], ("read", "write")), 403)):
        assert reader("POST", "/projects/import?format=erad", content=LIST.encode())[0] == status
    status, told = curator("POST", "/projects/import?format=erad&dry_run=1", content=LIST.encode("cp932"))
    assert (status, told["added"], told["refused"], told["dry_run"], told["encoding"]) == (200, 1, 1, True, "cp932")
    assert Project.objects.count() == 1
    status, told = curator("POST", "/projects/import?format=erad", content=LIST.encode("cp932"))
    assert [(row["row"], row["state"], [f["rule"] for f in row["findings"]]) for row in told["rows"]] == [
        (2, "added", []), (3, "refused", ["organisation-unknown"]),
    ]  # fmt: skip
    assert curator("GET", f"/projects/{told['rows'][0]['project']}")[1]["title"] == {"ja": "水の研究"}
    assert curator("POST", "/projects/import?format=xml", content=b"x")[0] == 422
    assert curator("POST", "/projects/import?format=erad", content=b"")[0] == 422
    assert curator("POST", "/projects/import?format=erad&create_programmes=1", content=LIST.encode())[0] == 403


# --- commands --------------------------------------------------------------------------------------------------------


def run(capsys, *arguments):
    code = main([*arguments, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_commands_make_a_call_load_a_list_and_show_a_project_by_any_number(site, capsys, tmp_path):
    code, (call,) = run(capsys, "call", "add", site["programme"], "--year", "2026", "--closes", "2026-05-01", "--plan-due", "2026-06-30", "--chain", "pm,agency")
    assert (code, call["chain"], call["plan_due_on"]) == (0, ["pm", "agency"], "2026-06-30")
    assert run(capsys, "call", "show", call["id"])[1] == [call]
    code, (asked,) = run(capsys, "round", "add", site["programme"], "--scheme", "erad", "--year", "2026", "--as-of", "2027-03-31", "--due", "2027-05-31")
    assert run(capsys, "round", "list")[1] == [asked]
    assert run(capsys, "programme", "show", site["programme"])[1][0]["calls"] == [call]
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.encode("cp932"))
    code, (told,) = run(capsys, "project", "import", str(path), "--format", "erad", "--dry-run")
    assert (code, told["added"], Project.objects.count()) == (1, 1, 1)
    code, (told,) = run(capsys, "project", "import", str(path), "--format", "erad")
    assert (code, told["added"], told["refused"]) == (1, 1, 1)
    code, (told,) = run(capsys, "project", "import", str(path), "--format", "erad", "--organisation", site["university"])
    assert (code, told["added"], told["unchanged"]) == (0, 1, 1)
    assert run(capsys, "project", "show", "https://doi.org/10.52926/JPMJMS2011")[1][0]["id"] == site["project"]
    assert run(capsys, "project", "show", site["project"])[1][0]["id"] == site["project"]
    assert run(capsys, "project", "show", "JPMJMS9999")[0] == 1
    assert [row["id"] for row in run(capsys, "project", "list", "MJMS2011")[1]] == [site["project"]]


def test_the_commands_change_a_project_and_act_as_who_is_named(site, capsys):
    code, (told,) = run(capsys, "project", "update", "JPMJMS2011", "--until", "2028-03-31", "--field", "389", "--name-en", "Water", "--as", "pm")
    assert (code, told["title"], told["ends_on"], told["field"]) == (0, {"ja": "水の研究", "en": "Water"}, "2028-03-31", "389")
    assert run(capsys, "project", "update", "JPMJMS2011", "--programme", site["programme"], "--as", "pm")[0] == 1
    assert run(capsys, "project", "update", "JPMJMS2011", "--programme", site["programme"])[1][0]["programme"] == site["programme"]
    assert run(capsys, "project", "exempt", "JPMJMS2011", "--why", "委託者が管理します", "--as", "pm")[1][0]["no_plan_why"] == "委託者が管理します"
    assert run(capsys, "project", "number", "JPMJMS2011", "e-Rad=21000001")[0] == 0
    assert queries.projects_by_number("21000001")[0].id == site["project"]
    assert run(capsys, "call", "add", site["programme"], "--year", "2026", "--as", "pm")[0] == 1
