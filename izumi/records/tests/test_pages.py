"""The pages of records over the real addresses, as plain forms: nothing here needs JavaScript."""

from __future__ import annotations

import json
import re

import pytest

from izumi.records import actions, queries
from izumi.storage import queries as storage
from tests.builders import World, a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def world(home) -> World:
    return a_world()


def page(client, world: World, who: str, address: str, posted: dict | None = None, **more):
    headers = world.bearer(who) if who else {}
    if posted is None:
        return client.get(address, HTTP_ACCEPT="text/html", **headers)
    return client.post(address, posted, HTTP_ACCEPT=more.pop("accept", "text/html"), **headers, **more)


def text_of(answer) -> str:
    return answer.content.decode()


def a_draft(world: World, **changes) -> str:
    return actions.create_record(world.actor("researcher"), metadata=a_document(**changes), prefill=False).id


def a_published(world: World, **changes) -> str:
    key = a_draft(world, **changes)
    actions.publish_version(world.actor("researcher"), key)
    return key


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def filled_in(client, world: World, key: str, **changes) -> dict[str, str]:
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    return {"revision": hidden(html, "revision"), "opened": hidden(html, "opened"), **changes}


def test_a_draft_begins_with_its_project_and_what_is_known(client, world):
    answer = page(client, world, "researcher", "/records/new", {"project": world.project, "/title/ja": "見本川の水質"})
    assert answer.status_code == 302
    html = text_of(page(client, world, "researcher", answer.headers["Location"]))
    assert "見本川の水質" in html and "下書きを作りました。" in html and "国立大学法人見本大学" in html


def test_nobody_deposits_without_signing_in(client, world):
    answer = page(client, world, "", "/records/new")
    assert answer.status_code == 401
    assert "/login?next=" in text_of(answer)


def test_saving_writes_only_what_was_changed(client, world):
    key = a_draft(world)
    posted = filled_in(client, world, key, **{"/title/ja": "新しい名称", "/title/en": a_document()["title"]["en"], "do": "save"})
    answer = page(client, world, "researcher", f"/records/{key}/edit", posted)
    assert answer.headers["Location"] == f"/records/{key}/edit?said=saved"
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    assert "新しい名称" in html and a_document()["description"]["ja"] in html


def test_rows_are_added_and_removed_without_a_script(client, world):
    key = a_draft(world)
    posted = filled_in(client, world, key, add="/creators")
    answer = page(client, world, "researcher", f"/records/{key}/edit", posted)
    assert answer.headers["Location"] == f"/records/{key}/edit?more=/creators#f-creators"
    html = text_of(page(client, world, "researcher", answer.headers["Location"]))
    assert 'name="/creators/1/name/ja/family"' in html
    posted = filled_in(
        client, world, key, **{
            "/creators/0/name/ja/family": "見本", "/creators/0/name/ja/given": "花子", "/creators/1/name/ja/family": "控",
            "/creators/1/name/ja/given": "しおり", "do": "save",
        }
    )  # fmt: skip
    page(client, world, "researcher", f"/records/{key}/edit", posted)
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    assert 'value="控"' in html
    posted = filled_in(
        client, world, key, **{"/creators/0/name/ja/family": "見本", "/creators/1/name/ja/family": "控", "remove": "/creators/0"}
    )
    page(client, world, "researcher", f"/records/{key}/edit", posted)
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    assert 'value="控"' in html and 'value="花子"' not in html


def test_changes_of_different_fields_are_both_kept(client, world):
    key = a_draft(world)
    mine = filled_in(client, world, key, **{"/title/ja": "わたしの名称", "do": "save"})
    theirs = filled_in(client, world, key, **{"/title/en": "Their title", "do": "save"})
    page(client, world, "curator", f"/records/{key}/edit", theirs)
    answer = page(client, world, "researcher", f"/records/{key}/edit", mine)
    assert answer.headers["Location"].endswith("?said=merged")
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    assert "わたしの名称" in html and "Their title" in html


def test_two_values_for_one_field_are_shown_and_one_is_chosen(client, world):
    key = a_draft(world)
    mine = filled_in(client, world, key, **{"/title/ja": "わたしの名称", "do": "save"})
    theirs = filled_in(client, world, key, **{"/title/ja": "ほかの人の名称", "do": "save"})
    page(client, world, "curator", f"/records/{key}/edit", theirs)
    answer = page(client, world, "researcher", f"/records/{key}/edit", mine)
    assert answer.status_code == 409
    html = text_of(answer)
    assert "わたしの名称" in html and "ほかの人の名称" in html and "curator" in html
    chosen = {"revision": hidden(html, "revision"), "opened": "{}", "mine": hidden(html, "mine"), "do": "resolve", "keep:/title/ja": "mine"}
    page(client, world, "researcher", f"/records/{key}/edit", chosen)
    assert "わたしの名称" in text_of(page(client, world, "researcher", f"/records/{key}/edit"))


def test_autosave_answers_the_new_revision_and_what_is_missing(client, world):
    key = a_draft(world, field=None)
    posted = filled_in(client, world, key, **{"/title/ja": "自動で保存", "do": "autosave"})
    answer = page(client, world, "researcher", f"/records/{key}/edit", posted, accept="application/json")
    told = json.loads(answer.content)
    assert told["revision"] == int(posted["revision"]) + 1
    assert "下書きを保存しました" in told["said"]
    assert "/title/ja" in json.loads(told["opened"])
    assert "check" in told["checks"]


def test_what_is_missing_is_said_before_publishing_and_nothing_is_lost(client, world):
    key = a_draft(world, access=None)
    html = text_of(page(client, world, "researcher", f"/records/{key}/publish"))
    assert "アクセス権を選んでください。" in html and "disabled" in html
    answer = page(client, world, "researcher", f"/records/{key}/publish", {"revision": "1", "do": "publish", "when": "now"})
    assert answer.status_code == 422
    assert "アクセス権を選んでください。" in text_of(answer)


def test_publishing_shows_who_will_see_what_and_then_the_page(client, world):
    key = a_draft(world)
    html = text_of(page(client, world, "researcher", f"/records/{key}/publish"))
    assert "だれでも" in html
    answer = page(client, world, "researcher", f"/records/{key}/publish", {"revision": hidden(html, "revision"), "do": "publish", "when": "now"})
    assert answer.headers["Location"] == f"/records/{key}?said=published"
    for prefix, words in (("", "このデータについて"), ("/en", "About this dataset")):
        shown = page(client, world, "", f"{prefix}/records/{key}")
        assert shown.status_code == 200 and words in text_of(shown)
        assert "Set-Cookie" not in shown.headers


def test_a_day_that_is_no_day_is_refused_with_an_example(client, world):
    key = a_draft(world)
    answer = page(client, world, "researcher", f"/records/{key}/publish", {"revision": "1", "do": "publish", "when": "later", "on": "来週"})
    assert answer.status_code == 422 and "2027-04-01 のように" in text_of(answer)


def test_a_file_sent_by_a_plain_form_is_listed_and_shown(client, world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    key = a_draft(world)
    sent = SimpleUploadedFile("観測.csv", "日,値\n1,2\n".encode(), content_type="text/csv")
    page(client, world, "researcher", f"/records/{key}/draft/do/upload", {"files": sent})
    assert storage.summary(key, 1).count == 1
    assert "観測.csv" in text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    actions.publish_version(world.actor("researcher"), key)
    html = text_of(page(client, world, "", f"/records/{key}"))
    assert "ひと目で見る" in html and "観測.csv" in html


def test_closed_files_are_not_named_to_strangers_and_the_reason_is(client, world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    key = a_draft(world, access={"class": "closed", "reasons": [{"code": "personal_data"}]})
    sent = SimpleUploadedFile("secret-name.csv", b"a,b\n1,2\n")
    page(client, world, "researcher", f"/records/{key}/draft/do/upload", {"files": sent})
    actions.publish_version(world.actor("researcher"), key)
    html = text_of(page(client, world, "", f"/records/{key}"))
    assert "secret-name" not in html and "個人情報を含む" in html
    assert "secret-name" in text_of(page(client, world, "researcher", f"/records/{key}"))


def test_a_draft_is_seen_by_its_editors_alone(client, world):
    key = a_draft(world)
    assert page(client, world, "", f"/records/{key}").status_code == 404
    assert page(client, world, "stranger", f"/records/{key}/edit").status_code == 404
    assert "下書きの見え方です。" in text_of(page(client, world, "researcher", f"/records/{key}/preview"))


def test_access_is_changed_after_seeing_who_loses(client, world):
    key = a_published(world)
    html = text_of(page(client, world, "researcher", f"/records/{key}/access"))
    wanted = {"etag": hidden(html, "etag"), "/access/class": "closed", "/access/reasons": ["contract"], "do": "preview"}
    preview = text_of(page(client, world, "researcher", f"/records/{key}/access", wanted))
    assert "できなくなる人" in preview and "だれでも" in preview
    assert "readable" not in preview
    answer = page(client, world, "researcher", f"/records/{key}/access", {**wanted, "do": "save", "why": "契約のため"})
    assert answer.headers["Location"] == f"/records/{key}?said=access"
    assert "非共有・非公開" in text_of(page(client, world, "", f"/records/{key}"))
    assert "契約のため" in text_of(page(client, world, "researcher", f"/records/{key}/history"))


def test_a_manager_looks_at_the_page_as_the_public(client, world):
    key = a_published(world, access={"class": "closed", "reasons": [{"code": "contract"}]})
    html = text_of(page(client, world, "researcher", f"/records/{key}/access?as=public"))
    assert "一般の人として表示" in html and "使えません" in html and "編集する" not in html


def test_versions_are_compared_item_by_item(client, world):
    key = a_published(world)
    me = world.actor("researcher")
    page(client, world, "researcher", f"/records/{key}/new-version", {"kind": "files"})
    view = actions.save_draft(me, key, {"title": {"ja": "改めた名称"}}, if_match=None, required=False)
    assert view.draft_kind == "files"
    actions.publish_version(me, key, note="名称を改めた")
    html = text_of(page(client, world, "", f"/records/{key}/diff?from=1&to=2"))
    assert "改めた名称" in html and "データの名称" in html
    landing = text_of(page(client, world, "", f"/records/{key}"))
    assert "名称を改めた" in landing and "?from=1&amp;to=2" in landing
    assert "新しい版があります。" in text_of(page(client, world, "", f"/records/{key}/v/1"))


def test_a_correction_is_called_a_correction_in_both_languages(client, world):
    key = a_published(world)
    page(client, world, "researcher", f"/records/{key}/new-version", {"kind": "metadata"})
    assert "説明の訂正を準備する" in text_of(page(client, world, "researcher", f"/records/{key}/edit?said=correction"))
    assert "Prepare a correction" in text_of(page(client, world, "researcher", f"/en/records/{key}/edit"))
    told = text_of(page(client, world, "researcher", f"/records/{key}/history"))
    assert "訂正の下書きを作りました" in told
    assert "第 1 版" in told


def test_a_correction_keeps_the_note_of_its_version(client, world):
    key = a_published(world)
    me = world.actor("researcher")
    for kind, title, note in (("files", "改めた名称", "名称を改めた"), ("metadata", "正した名称", "誤字を正した")):
        actions.open_version(me, key, kind=kind)
        actions.save_draft(me, key, {"title": {"ja": title}}, if_match=None, required=False)
        actions.publish_version(me, key, note=note)
    landing = text_of(page(client, world, "", f"/records/{key}"))
    assert "名称を改めた / 2.1: 誤字を正した" in landing


def test_history_of_events_is_for_editors_and_versions_for_all(client, world):
    key = a_published(world)
    assert "できごと" in text_of(page(client, world, "researcher", f"/records/{key}/history"))
    public = text_of(page(client, world, "", f"/records/{key}/history"))
    assert "できごと" not in public and "第 1 版" in public


def test_a_withdrawn_record_leaves_a_tombstone_in_both_languages(client, world):
    key = a_published(world)
    page(client, world, "researcher", f"/records/{key}/withdraw", {"why": "校正の誤り"})
    for prefix, words in (("", "引用のしかた"), ("/en", "How to cite")):
        gone = page(client, world, "", f"{prefix}/records/{key}")
        assert gone.status_code == 410
        assert words in text_of(gone) and "校正の誤り" in text_of(gone)


def test_a_curator_returns_with_a_reason_and_accepts(client, home):
    world = a_world(review="curator")
    key = a_draft(world)
    page(client, world, "researcher", f"/records/{key}/publish", {"revision": "1", "do": "submit"})
    work = text_of(page(client, world, "curator", "/work"))
    assert f"/records/{key}/review" in work and "researcher" in work
    page(client, world, "curator", f"/records/{key}/review", {"do": "return", "why": "方法を書いてください。"})
    assert "方法を書いてください。" in text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    page(client, world, "researcher", f"/records/{key}/publish", {"revision": "1", "do": "submit"})
    html = text_of(page(client, world, "curator", f"/records/{key}/review"))
    assert "受理する" in html
    answer = page(client, world, "curator", f"/records/{key}/review", {"do": "publish"})
    assert answer.headers["Location"] == f"/records/{key}?said=published"


def test_a_discarded_draft_comes_back(client, world):
    key = a_draft(world)
    answer = page(client, world, "researcher", f"/records/{key}/discard", {})
    html = text_of(page(client, world, "researcher", answer.headers["Location"]))
    assert "元に戻す" in html
    page(client, world, "researcher", f"/records/{key}/restore", {})
    assert page(client, world, "researcher", f"/records/{key}/edit").status_code == 200


@pytest.mark.parametrize(
    "address", ["/records/aaaaa-aaaaa", "/records/aaaaa-aaaaa/edit", "/records/x/history", "/records/aaaaa-aaaaa/diff?from=1&to=2"]
)
def test_what_is_not_there_looks_the_same_everywhere(client, world, address):
    answer = page(client, world, "researcher", address)
    assert answer.status_code == 404 and "見つかりません" in text_of(answer)


def test_the_landing_page_needs_few_statements(client, world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    key = a_published(world)
    page(client, world, "", f"/records/{key}")
    with CaptureQueriesContext(connection) as told:
        assert page(client, world, "", f"/records/{key}").status_code == 200
    assert len(told) <= 12, [query["sql"][:90] for query in told]


def test_every_id_on_the_form_is_unique_and_every_finding_leads_somewhere(client, world):
    key = a_draft(world, field=None, access=None, creators=None)
    html = text_of(page(client, world, "researcher", f"/records/{key}/edit?check=1"))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert "f-field" in targets and targets <= set(ids)


def test_an_administrator_edits_but_sees_no_content_of_files(client, world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    key = a_draft(world)
    sent = SimpleUploadedFile("観測.csv", "秘密の列,値\n1,2\n".encode(), content_type="text/csv")
    page(client, world, "researcher", f"/records/{key}/draft/do/upload", {"files": sent})
    html = text_of(page(client, world, "admin", f"/records/{key}/preview"))
    assert "秘密の列" not in html and "ひと目で見る" not in html
    assert "秘密の列" in text_of(page(client, world, "researcher", f"/records/{key}/preview"))


def test_a_new_version_is_one_click_away_and_a_correction_two(client, world):
    key = a_published(world)
    shown = text_of(page(client, world, "researcher", f"/records/{key}"))
    assert f'action="/records/{key}/new-version"' in shown
    assert f'href="/records/{key}/new-version"' in shown
    assert 'value="metadata" checked' in text_of(page(client, world, "researcher", f"/records/{key}/new-version"))
    assert "/new-version" not in text_of(client.get(f"/records/{key}"))


def test_a_date_may_be_written_in_the_japanese_way(client, world):
    key = a_draft(world, dates=[{"type": "collected", "value": "2025"}])
    posted = filled_in(client, world, key) | {"/dates/0/type": "collected", "/dates/0/value": "令和7年4月〜令和8年3月"}
    page(client, world, "researcher", f"/records/{key}/edit", posted)
    assert queries.view(world.actor("researcher"), key, draft=True).metadata["dates"][0]["value"] == "2025-04/2026-03"


def test_a_folder_of_a_draft_is_removed_whole(client, world):
    key = a_draft(world)
    headers = world.bearer("researcher")
    for path in ("data/a.csv", "data/b/c.csv", "README.md"):
        client.put(f"/api/v1/records/{key}/files/{path}", data=b"1", content_type="application/octet-stream", **headers)
    shown = text_of(page(client, world, "researcher", f"/records/{key}/edit"))
    path = re.search(r'form="remove-file" name="path" value="(data[^"]*)"', shown)
    assert path is not None
    page(client, world, "researcher", f"/records/{key}/draft/do/remove", {"path": path[1]})
    assert [row.path for row in storage.iterate(key, 1)] == ["README.md"]
