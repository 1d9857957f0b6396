"""Pages of plans: what each role sees in each language, and the whole way from a number to a revision without a script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.plans import actions, queries
from izumi.records import actions as records
from tests.builders import World, a_world

pytestmark = pytest.mark.usefixtures("home")
PASSWORD = "a long enough passphrase"
ROLES = ("researcher", "colleague", "pm", "curator", "company", "stranger")


@pytest.fixture
def world(home: object) -> World:
    return a_world()


def signed_in(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    people.set_password(console(), world.persons[name], PASSWORD)
    assert client.post("/login", {"username": name, "password": PASSWORD}).status_code == 303
    return client


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def an_entry(title: str, **changes: object) -> dict[str, object]:
    return {"title": {"ja": title}, "access": {"class": "open"}, "planned": {"register_by": "2027-03-31", "publish_on": "2027-06-30"}, **changes}


def a_plan(world: World, *entries: dict[str, object], adopt: bool = True) -> str:
    found = list(entries) or [an_entry("水質の測定値"), an_entry("採水地点の写真")]
    view = actions.create_plan(world.actor("pm"), {"title": {"ja": "見本の計画", "en": "A sample plan"}, "entries": found}, project=world.project)
    if adopt:
        actions.adopt(world.actor("pm"), view.id)
    return view.id


def test_a_plan_is_found_by_number_written_and_in_force_in_three_requests(world: World) -> None:
    pm = signed_in(world, "pm")
    found = pm.get("/plans/new?q=ｍｊｘｘ-9901")
    assert found.status_code == 302
    assert found["Location"] == f"/plans/new?project={world.project}"
    form = pm.get(found["Location"])
    assert "「見本川プロジェクト」のデータマネジメントプラン" in form.content.decode()
    sent = {
        "project": world.project, "rows": "3", "title_ja": "見本川の計画", "title-0": "水質の測定値", "class-0": "open",
        "title-1": "採水地点の写真", "class-1": "open", "title-2": "航空写真", "class-2": "embargoed", "on-2": "2028-04-01",
        "size-2": "１.５ＴＢ", "do": "adopt",
    }  # fmt: skip
    done = pm.post("/plans/new", sent)
    assert done.status_code == 302, words(done)
    page = pm.get(done["Location"])
    assert page.status_code == 200
    told = words(page)
    assert "採用・第 1 版" in told
    assert told.count("登録を始める") == 3
    assert "1.5 TB" in told


# who sees what -------------------------------------------------------------------------------------------------------


EXPECTED = {
    # page: (researcher, colleague, pm, curator, company, stranger)
    "/plans": (200, 200, 200, 200, 200, 200),
    "/plans/new": (200, 200, 200, 200, 200, 200),
    "/plans/new?project={project}": (200, 403, 200, 200, 403, 403),
    "/plans/{plan}": (200, 404, 200, 200, 404, 404),
    "/plans/{plan}/v/1": (200, 404, 200, 200, 404, 404),
    "/plans/{plan}/diff": (200, 404, 200, 200, 404, 404),
    "/plans/{plan}/revise": (200, 404, 200, 200, 404, 404),
    "/plans/{plan}/revise?entry={entry}&because=late": (200, 404, 200, 200, 404, 404),
    "/plans/{plan}/edit": (404, 404, 404, 404, 404, 404),
    "/plans/{draft}": (200, 404, 200, 200, 404, 404),
    "/plans/{draft}/edit": (200, 404, 200, 200, 404, 404),
    "/plans/{draft}/edit?check=1": (200, 404, 200, 200, 404, 404),
    "/plans/{draft}/entries/{draft_entry}/edit": (200, 404, 200, 200, 404, 404),
    "/plans/{draft}/entries/zzzzz-zzzzz/edit": (404, 404, 404, 404, 404, 404),
    "/plans/zzzzz-zzzzz": (404, 404, 404, 404, 404, 404),
    "/projects/{project}": (200, 200, 200, 200, 200, 200),
    "/projects/{project}/plan": (200, 403, 200, 200, 403, 403),
    "/projects/{project}/table": (200, 404, 200, 200, 404, 404),
    "/projects/{project}/table?format=exe": (404, 404, 404, 404, 404, 404),
    "/work": (200, 200, 200, 200, 200, 200),
    "/projects": (200, 200, 200, 200, 200, 200),
}


@pytest.mark.parametrize(("place", "role"), list(enumerate(ROLES)))
def test_every_page_answers_each_role_in_both_languages_and_hides_plans_from_strangers(world: World, place: int, role: str) -> None:
    known = {"plan": a_plan(world), "draft": a_plan(world, an_entry("別のデータ"), adopt=False), "project": world.project}
    known["entry"] = queries.plan(world.actor("pm"), known["plan"]).entries[0].id
    known["draft_entry"] = queries.plan(world.actor("pm"), known["draft"]).entries[0].id
    client = signed_in(world, role)
    for prefix in ("", "/en"):
        for page, codes in EXPECTED.items():
            answer = client.get(prefix + page.format(**known))
            assert answer.status_code == codes[place], (role, prefix + page)
            if codes[place] in (403, 404):
                assert "水質の測定値" not in answer.content.decode(), page
            if prefix and codes[place] == 200:
                assert '<html lang="en">' in answer.content.decode() or "/table" in page


def test_nobody_signed_in_is_asked_to_sign_in_and_learns_of_no_plan(world: World, client: Client) -> None:
    plan = a_plan(world)
    assert client.get(f"/plans/{plan}").status_code == 404
    assert client.get("/plans").status_code == client.get("/plans/new").status_code == client.get("/work").status_code == 401
    public = client.get(f"/projects/{world.project}")
    assert public.status_code == 200
    assert "水質の測定値" not in public.content.decode()
    assert client.post(f"/plans/{plan}/decide", {"do": "adopt"}).status_code == 404
    assert client.get(f"/id/{plan}")["Location"].endswith(f"/records/{plan}")


def test_the_identifier_of_a_plan_leads_its_readers_to_its_page(world: World) -> None:
    plan = a_plan(world)
    answer = signed_in(world, "researcher").get(f"/id/{plan}", headers={"accept-language": "en"})
    assert answer.status_code == 303
    assert answer["Location"] == f"http://testserver/en/plans/{plan}"
    other = signed_in(world, "stranger").get(f"/id/{plan}")
    assert other["Location"].endswith(f"/records/{plan}")


# the way from a draft to a promise and on -----------------------------------------------------------------------------


def test_what_was_written_is_escaped_everywhere(world: World) -> None:
    spiked = '<img src=x onerror=alert(1)>"'
    plan = a_plan(world, an_entry(spiked, data_number=spiked, remarks={"ja": spiked}))
    pm = signed_in(world, "pm")
    pages = [f"/plans/{plan}", f"/plans/{plan}/v/1", f"/projects/{world.project}", "/work", "/plans"]
    entry = queries.plan(world.actor("pm"), plan).entries[0]
    pages += [f"/plans/{plan}/revise?entry={entry.id}&because=late", f"/records/{entry.records[0]}/edit"]
    assert {page for page in pages if "<img src=x" in pm.get(page).content.decode()} == set()


def opened_of(page: str) -> dict[str, str]:
    """The hidden fields that travel with a form."""
    found = re.search(r'name="opened" value="([^"]*)"', page)
    assert found
    return {"opened": found[1].replace("&quot;", '"')}


def test_a_dataset_of_the_plan_is_written_with_days_amount_and_person(world: World) -> None:
    plan = a_plan(world, an_entry("水質"), adopt=False)
    pm = signed_in(world, "pm")
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    address = f"/plans/{plan}/entries/{entry}/edit"
    page = pm.get(address).content.decode()
    sent = {
        **opened_of(page), "/title/ja": "水質の測定値", "/title/en": "Water quality", "/planned/register_by": "令和9年3月31日",
        "/planned/publish_on": "2027-06-30", "/planned/size_bytes": "1.5 TB", "/planned/responsible": world.persons["researcher"],
        "/access/class": "embargoed", "/access/available_on": "2028-04-01", "/planned/editors": "", "do": "list",
    }  # fmt: skip
    done = pm.post(address, sent)
    assert done.status_code == 302, words(done)
    stored = queries.plan(world.actor("pm"), plan).entries[0].document
    assert stored["title"] == {"ja": "水質の測定値", "en": "Water quality"}
    assert stored["planned"] == {
        "register_by": "2027-03-31", "publish_on": "2027-06-30", "size_bytes": 1_500_000_000_000, "responsible": world.persons["researcher"],
    }  # fmt: skip
    assert stored["access"] == {"class": "embargoed", "available_on": "2028-04-01"}


def test_an_amount_that_cannot_be_read_is_told_at_its_field_and_nothing_typed_is_lost(world: World) -> None:
    plan = a_plan(world, an_entry("水質"), adopt=False)
    pm = signed_in(world, "pm")
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    address = f"/plans/{plan}/entries/{entry}/edit"
    sent = {**opened_of(pm.get(address).content.decode()), "/title/ja": "新しい名称", "/planned/size_bytes": "たくさん", "do": "save"}
    answer = pm.post(address, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "量「たくさん」を読み取れません。" in page
    assert 'value="新しい名称"' in page
    assert queries.plan(world.actor("pm"), plan).entries[0].title == {"ja": "水質"}


def test_two_people_on_one_item_are_asked_which_to_keep_and_others_changes_stay(world: World) -> None:
    plan = a_plan(world, an_entry("水質"), adopt=False)
    pm, member = signed_in(world, "pm"), signed_in(world, "researcher")
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    address = f"/plans/{plan}/entries/{entry}/edit"
    mine, theirs = opened_of(pm.get(address).content.decode()), opened_of(member.get(address).content.decode())
    assert member.post(address, {**theirs, "/title/ja": "かれらの名称", "/planned/publish_on": "2027-12-31", "do": "save"}).status_code == 302
    clash = pm.post(address, {**mine, "/title/ja": "わたしの名称", "/planned/register_by": "2027-01-31", "do": "save"})
    assert clash.status_code == 412
    told = clash.content.decode()
    assert "わたしの名称" in told
    assert "かれらの名称" in told
    kept = re.search(r'name="mine" value="([^"]*)"', told)
    assert kept
    sent = {"opened": "{}", "mine": kept[1].replace("&quot;", '"'), "keep:/title/ja": "mine", "do": "resolve"}
    assert pm.post(address, sent).status_code == 302
    stored = queries.plan(world.actor("pm"), plan).entries[0].document
    assert stored["title"]["ja"] == "わたしの名称"
    assert stored["planned"] == {"register_by": "2027-01-31", "publish_on": "2027-12-31"}


def test_data_are_added_copied_and_taken_out_without_a_script(world: World) -> None:
    plan = a_plan(world, an_entry("水質", data_number="D-1"), adopt=False)
    pm = signed_in(world, "pm")
    address = f"/plans/{plan}/edit"
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    opened = opened_of(pm.get(address).content.decode())
    added = pm.post(address, {**opened, "/title/ja": "改めた計画", "new-title": "写真", "row": "add"})
    assert "/entries/" in added["Location"]
    opened = opened_of(pm.get(address).content.decode())
    assert pm.post(address, {**opened, "row": f"copy:{entry}"}).status_code == 302
    view = queries.plan(world.actor("pm"), plan)
    assert view.title["ja"] == "改めた計画"
    assert [(one.title["ja"], one.number) for one in view.entries] == [("水質", "D-1"), ("写真", ""), ("水質", "")]
    opened = opened_of(pm.get(address).content.decode())
    pm.post(address, {**opened, "row": f"remove:{entry}"})
    assert [one.title["ja"] for one in queries.plan(world.actor("pm"), plan).entries] == ["写真", "水質"]


def test_a_late_dataset_is_settled_by_one_reason_on_one_page(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={"register_by": "2020-03-31", "publish_on": "2020-06-30"}))
    pm = signed_in(world, "pm")
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    page = pm.get(f"/plans/{plan}")
    assert "計画との差異が" in words(page)
    ways = re.findall(rf'href="(/plans/{plan}/revise\?entry={entry}[^"]*)"', page.content.decode())
    assert len(ways) == 1, "one revision settles all deviations of a row"
    form = pm.get(ways[0].replace("&amp;", "&"))
    proposed = dict(re.findall(r'name="(register_by|publish_on|size|class)" value="([^"]+)"', form.content.decode()))
    assert set(proposed) == {"register_by", "publish_on"}
    done = pm.post(ways[0].replace("&amp;", "&"), {**proposed, "reason": "装置の故障で測定が遅れたため"})
    assert done.status_code == 302, words(done)
    assert "said=revised" in done["Location"]
    after = words(pm.get(f"/plans/{plan}"))
    assert "すべて計画どおりです。" in after
    assert "装置の故障で測定が遅れたため" in after
    assert queries.plan(world.actor("pm"), plan).version == 2
    changed = words(pm.get(f"/plans/{plan}/diff?from=1&to=2"))
    assert "2020-06-30" in changed
    assert proposed["publish_on"] in changed


def test_a_revision_without_a_reason_or_with_an_unreadable_day_changes_nothing(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={"publish_on": "2020-06-30"}))
    pm = signed_in(world, "pm")
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    address = f"/plans/{plan}/revise?entry={entry}&because=late"
    assert pm.post(address, {"publish_on": "2027-06-30", "reason": " "}).status_code == 422
    wrong = pm.post(address, {"publish_on": "あした", "reason": "理由"})
    assert wrong.status_code == 422
    assert "「公開（予定）日」を読み取れません。" in wrong.content.decode()
    assert 'name="reason" rows="3" required>理由' in wrong.content.decode()
    view = queries.plan(world.actor("pm"), plan)
    assert (view.version, view.draft) == (1, None)


def test_data_outside_the_plan_are_assigned_to_an_entry(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={}))
    record = records.create_record(world.actor("researcher"), projects=[world.project], metadata={"title": {"ja": "予備の測定"}}).id
    pm = signed_in(world, "pm")
    page = pm.get(f"/plans/{plan}").content.decode()
    assert "「予備の測定」" in page
    assert f"/plans/{plan}/assign?record={record}" in page
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    assert pm.get(f"/plans/{plan}/assign?record={record}").status_code == 200
    assert pm.post(f"/plans/{plan}/assign?record={record}", {"entry": entry}).status_code == 302
    assert record in queries.plan(world.actor("pm"), plan).entries[0].records
    assert "「予備の測定」" not in pm.get(f"/plans/{plan}").content.decode()


def test_a_record_of_another_project_is_not_there_for_a_plan(world: World) -> None:
    plan = a_plan(world)
    other = records.create_record(world.actor("stranger"), metadata={"title": {"ja": "よその秘密"}}).id
    pm = signed_in(world, "pm")
    for page in (f"/plans/{plan}/assign?record={other}", f"/plans/{plan}/revise?because=record-without-entry&record={other}"):
        answer = pm.get(page)
        assert answer.status_code == 404
        assert "よその秘密" not in answer.content.decode()


def test_a_project_that_needs_no_plan_says_why(world: World) -> None:
    pm = signed_in(world, "pm")
    assert pm.post(f"/projects/{world.project}/plan", {"why": "研究データを作らないため"}).status_code == 302
    assert "研究データを作らないため" in pm.get(f"/projects/{world.project}").content.decode()


def test_a_chain_is_walked_page_by_page(world: World) -> None:
    me = console()
    programme = people.add_programme(me, title={"ja": "川の研究"}, chain=["institution", "pm"])
    people.update_project(me, world.project, programme=programme)
    plan = a_plan(world, an_entry("水質"), adopt=False)
    member, curator, pm = (signed_in(world, name) for name in ("researcher", "curator", "pm"))
    assert "提出する" in words(pm.get(f"/plans/{plan}/edit"))
    opened = opened_of(pm.get(f"/plans/{plan}/edit").content.decode())
    assert "said=submitted" in pm.post(f"/plans/{plan}/edit", {**opened, "do": "submit"})["Location"]
    assert "認めて次へ回す" not in words(member.get(f"/plans/{plan}")) and "認めて次へ回す" in words(curator.get(f"/plans/{plan}"))
    assert "あなたの確認を待っている計画" in words(curator.get("/work"))
    silent = curator.post(f"/plans/{plan}/decide", {"do": "return", "why": " "})
    assert silent.status_code == 422
    assert 'role="alert"' in silent.content.decode()
    assert "said=returned" in curator.post(f"/plans/{plan}/decide", {"do": "return", "why": "理由を書いてください。"})["Location"]
    assert "理由を書いてください。" in words(pm.get(f"/plans/{plan}/edit"))
    pm.post(f"/plans/{plan}/edit", {**opened_of(pm.get(f"/plans/{plan}/edit").content.decode()), "do": "submit"})
    assert "said=passed" in curator.post(f"/plans/{plan}/decide", {"do": "adopt"})["Location"]
    assert "said=adopted" in pm.post(f"/plans/{plan}/decide", {"do": "adopt"})["Location"]
    told = words(member.get(f"/plans/{plan}"))
    assert "採用・第 1 版" in told
    assert "登録を始める" in told


def test_data_outside_the_plan_are_added_by_a_revision_and_keep_their_record(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={}))
    record = records.create_record(world.actor("researcher"), projects=[world.project], metadata={"title": {"ja": "予備の測定"}}).id
    pm = signed_in(world, "pm")
    address = f"/plans/{plan}/revise?because=record-without-entry&record={record}"
    form = pm.get(address).content.decode()
    assert 'value="予備の測定"' in form
    done = pm.post(address, {"title": "予備の測定", "class": "open", "reason": "予備の測定も残すことにしたため"})
    assert done.status_code == 302, words(done)
    view = queries.plan(world.actor("pm"), plan)
    assert view.version == 2
    assert [(one.title["ja"], record in one.records) for one in view.entries] == [("水質", False), ("予備の測定", True)]
    assert len(view.entries[1].records) == 1
    assert "すべて計画どおりです。" in words(pm.get(f"/plans/{plan}"))


def test_a_change_made_while_a_revision_is_open_goes_into_that_revision(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={"publish_on": "2020-06-30"}), an_entry("写真"))
    pm = signed_in(world, "pm")
    assert "said=revising" in pm.post(f"/plans/{plan}/revise", {"reason": "見直しのため"})["Location"]
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    done = pm.post(f"/plans/{plan}/revise?entry={entry}&because=late", {"publish_on": "2027-06-30", "reason": ""})
    assert "said=into_draft" in done["Location"]
    view = queries.plan(world.actor("pm"), plan)
    assert view.version == 1
    assert view.draft is not None
    assert view.draft.document["entries"][0]["planned"]["publish_on"] == "2027-06-30"
    assert "2027-06-30" in words(pm.get(f"/plans/{plan}/diff?from=1&to=draft"))
    assert "said=discarded" in pm.post(f"/plans/{plan}/decide", {"do": "discard"})["Location"]
    assert queries.plan(world.actor("pm"), plan).draft is None


def test_a_file_begins_a_plan_and_what_is_no_plan_is_told(world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    pm = signed_in(world, "pm")
    sent = SimpleUploadedFile("plan.json", b'{"title": {"ja": "\xe5\x8f\x96\xe3\x82\x8a\xe8\xbe\xbc\xe3\x81\xbf"}, "entries": [{"title": {"ja": "A"}}]}')
    done = pm.post("/plans/new", {"project": world.project, "do": "import", "file": sent})
    assert "said=imported" in done["Location"], words(done)
    assert "取り込み" in words(pm.get(done["Location"]))
    for name, content in (("x.xlsx", b"PK\x03\x04nonsense"), ("x.csv", b"\x00\xff\x00"), ("x.json", b"[1,")):
        bad = pm.post("/plans/new", {"project": world.project, "do": "import", "file": SimpleUploadedFile(name, content)})
        assert bad.status_code == 422, name
        assert "直すところがあります" in words(bad)
    assert pm.post("/plans/new", {"project": world.project, "do": "import"}).status_code == 422


def test_who_holds_every_step_is_told_that_a_revision_is_adopted_at_once(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={"publish_on": "2020-01-01"}))
    programme = people.add_programme(console(), title={"ja": "川の研究"}, chain=["pm"])
    people.update_project(console(), world.project, programme=programme)
    entry = queries.plan(world.actor("pm"), plan).entries[0].id
    address = f"/plans/{plan}/revise?entry={entry}&because=late"
    assert "理由を付けて計画を改訂する" in words(signed_in(world, "pm").get(address))
    assert "理由を付けて改訂を提出する" in words(signed_in(world, "researcher").get(address))


def test_a_new_plan_promises_no_access_that_nobody_chose(world: World) -> None:
    sent = {"project": world.project, "rows": "3", "title_ja": "見本川の計画", "title-0": "水質の測定値", "do": "draft"}
    made = signed_in(world, "pm").post("/plans/new", sent)["Location"].split("/")[2]
    assert "access" not in queries.plan(world.actor("pm"), made).entries[0].document


def test_a_row_names_one_way_to_one_page(world: World) -> None:
    plan = a_plan(world, an_entry("水質", planned={"register_by": "2020-01-01"}))
    page = signed_in(world, "pm").get(f"/plans/{plan}").content.decode()
    record = queries.plan(world.actor("pm"), plan).entries[0].records[0]
    assert page.count(f'href="/records/{record}/edit"') == 1
