from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from izumi.kernel import clock
from izumi.publishing import queries
from izumi.publishing.models import Announced, Change
from izumi.records import actions
from izumi.records import queries as records

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NOW = "2026-11-21T10:00:00+09:00"
LATER = "2026-11-21T10:00:05+09:00"
EMBARGO = {"class": "embargoed", "available_on": "2027-04-01", "opens": "auto"}


@pytest.fixture(autouse=True)
def today(home):
    with clock.at(NOW):
        yield


def tokens_of(pages, verb="ListIdentifiers"):
    return [page.find(f"{OAI}{verb}/{OAI}resumptionToken") for page in pages]


# ---------------------------------------------------------------- pages


def test_a_list_is_told_in_pages_that_say_where_they_stand(harvester, desk, announce):
    made = [desk.record() for _ in range(7)]
    announce()
    pages = list(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc"))
    told = tokens_of(pages)
    assert [found.get("cursor") for found in told] == ["0", "3", "6"]
    assert {found.get("completeListSize") for found in told} == {"7"}
    assert [bool(found.text) for found in told] == [True, True, False]
    assert harvester.ids() == made == [found.record for found in harvester.headers("ListRecords")]


def test_one_page_has_no_token_and_a_full_last_page_ends_the_list(harvester, desk, announce):
    for _ in range(3):
        desk.record()
    announce()
    assert tokens_of(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc")) == [None]
    for _ in range(3):
        desk.record()
    announce()
    told = tokens_of(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc"))
    assert [bool(found.text) for found in told] == [True, False]


def test_long_lists_are_not_counted(harvester, desk, announce, monkeypatch):
    monkeypatch.setattr(queries, "COUNTED", 4)
    for _ in range(5):
        desk.record()
    announce()
    told = tokens_of(harvester.pages("ListIdentifiers", metadataPrefix="oai_dc"))
    assert [found.get("completeListSize") for found in told] == [None, None]


def test_sets_are_told_in_pages_too(harvester, desk, announce, monkeypatch):
    monkeypatch.setattr("izumi.publishing.oai.provider.SETS_ON_PAGE", 1)
    desk.record(projects=(desk.world.project,))
    announce()
    pages = list(harvester.pages("ListSets"))
    specs = [found.text for page in pages for found in page.iter(f"{OAI}setSpec")]
    assert specs == ["kind:dataset", f"org:{desk.world.organisation}", f"project:{desk.world.project}"]
    assert [bool(found.text) for found in tokens_of(pages, "ListSets")] == [True, True, False]


@pytest.mark.parametrize(
    ("query", "first", "further"),
    [("ListIdentifiers", 3, 2), ("ListRecords", 10, 9), ("ListRecords-set", 10, 9), ("ListRecords-from", 10, 9)],
)  # fmt: skip
def test_a_page_costs_the_same_whatever_stands_before_and_behind_it(harvester, desk, announce, query, first, further):
    verb, _, more = query.partition("-")
    arguments = {
        "set": {"set": "kind:dataset"}, "from": {"from_": "2026-11-21", "until": "2026-11-21"},
    }.get(more, {})  # fmt: skip

    def statements() -> list[int]:
        told, root = [], None
        while root is None or root.findtext(f".//{OAI}resumptionToken"):
            token = {"resumptionToken": root.findtext(f".//{OAI}resumptionToken")} if root is not None else {}
            with CaptureQueriesContext(connection) as captured:
                root = harvester.ask(verb=verb, **(token or {"metadataPrefix": "jpcoar", **arguments}))
            told.append(len(captured))
        return told

    for _ in range(6):
        desk.record(files=("a.csv",), projects=(desk.world.project,))
    announce()
    assert statements() == [first, further]
    for _ in range(9):
        desk.record(files=("a.csv",))
    announce()
    assert statements() == [first, further, further, further, further]


def test_every_list_is_one_range_of_an_index():
    plans = []
    for selection in (queries.Selection(after=5), queries.Selection(spec="kind:dataset", after=5, since=clock.now(), until=clock.now())):
        with connection.cursor() as cursor:
            sql, values = queries._rows(selection).order_by("n")[:3].query.sql_with_params()
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            plans.append(" | ".join(row[3] for row in cursor.fetchall()))
    assert all("SCAN" not in plan and "TEMP B-TREE" not in plan for plan in plans), plans


# ---------------------------------------------------------------- selection


def test_from_and_until_take_both_ends(harvester, desk, announce):
    made = []
    for moment in ("2026-11-19T08:59:59+09:00", "2026-11-19T09:00:00+09:00", "2026-11-20T08:59:59+09:00", "2026-11-20T09:00:00+09:00"):
        with clock.at(moment):
            made.append(desk.record())
            announce()
    assert harvester.ids(from_="2026-11-19T00:00:00Z") == made[1:]
    assert harvester.ids(until="2026-11-19T23:59:59Z") == made[:3]
    assert harvester.ids(from_="2026-11-19T23:59:59Z", until="2026-11-19T23:59:59Z") == [made[2]]
    assert harvester.ids(from_="2026-11-19", until="2026-11-19") == made[1:3]
    assert harvester.ids(from_="2026-11-18") == made
    assert harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc", from_="2026-11-20T00:00:01Z") == ["noRecordsMatch"]


def test_sets_part_the_records_and_are_named_in_both_languages(harvester, desk, announce):
    plain, project = desk.record(), desk.record(projects=(desk.world.project,))
    draft_only = desk.record(publish=False)
    announce()
    names = {found.findtext(f"{OAI}setSpec"): found.findtext(f"{OAI}setName") for found in harvester.ask(verb="ListSets").iter(f"{OAI}set")}
    assert names == {
        "kind:dataset": "データセット / Dataset",
        f"org:{desk.world.organisation}": "国立大学法人見本大学 / Mihon University",
        f"project:{desk.world.project}": "見本川プロジェクト / Mihon River Project",
    }
    assert harvester.ids(set="kind:dataset") == [plain, project]
    assert harvester.ids(set=f"project:{desk.world.project}") == [project]
    assert harvester.headers(set=f"project:{desk.world.project}")[0].sets == list(names)
    assert harvester.errors(verb="ListRecords", metadataPrefix="oai_dc", set="kind:software") == ["noRecordsMatch"]
    assert draft_only not in harvester.ids()


def test_a_record_that_leaves_a_project_leaves_its_set(harvester, desk, announce):
    record = desk.record(projects=(desk.world.project,))
    announce()
    actions.set_projects(desk.me, record, [])
    announce()
    assert harvester.headers()[0].sets == ["kind:dataset", f"org:{desk.world.organisation}"]
    assert harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc", set=f"project:{desk.world.project}") == ["noRecordsMatch"]


# ---------------------------------------------------------------- what is public, and when


def test_what_was_never_public_is_not_told(harvester, desk, announce, client):
    desk.record(publish=False)
    hidden = desk.record(access=desk.closed, title={"ja": "秘密の題"})
    desk.correct(hidden, title={"ja": "秘密の題のまま"})
    desk.withdraw(hidden)
    announce()
    assert harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc") == ["noRecordsMatch"]
    assert harvester.errors(verb="ListSets") == ["noSetHierarchy"]
    for verb in ("GetRecord&metadataPrefix=oai_dc", "ListMetadataFormats"):
        assert harvester.errors(f"?verb={verb}&identifier=oai:test.izumi.invalid:{hidden}") == ["idDoesNotExist"]
    assert client.get("/changes").content == b""
    assert Announced.objects.count() == Change.objects.count() == 0


def test_withdrawn_records_stay_as_deleted_for_ever(harvester, desk, announce):
    record, other = desk.record(projects=(desk.world.project,)), desk.record()
    announce()
    with clock.at(LATER):
        desk.withdraw(record)
        announce()
        told = harvester.headers("ListRecords", from_="2026-11-21T01:00:05Z")
        assert [(found.record, found.deleted, found.datestamp) for found in told] == [(record, True, "2026-11-21T01:00:05Z")]
        assert harvester.ids() == [other, record]
        root = harvester.get(record)
        assert root.find(f".//{OAI}header").get("status") == "deleted"
        assert root.find(f".//{OAI}metadata") is None
        assert harvester.headers(set=f"project:{desk.world.project}")[0].deleted
        assert harvester.errors(verb="ListMetadataFormats", identifier=f"oai:test.izumi.invalid:{record}") == []


def test_a_record_whose_older_version_stands_is_not_deleted(harvester, desk, announce):
    record = desk.record(version_label="初版")
    actions.open_version(desk.me, record, kind="files")
    actions.publish_version(desk.me, record)
    actions.withdraw(desk.me, record, why="誤り", version=2)
    announce()
    assert [found.deleted for found in harvester.headers()] == [False]


def test_narrowing_hides_at_once_before_any_worker_came_by(harvester, desk, announce):
    record = desk.record(title={"ja": "あとで隠す題"})
    announce()
    assert "あとで隠す題" in "".join(harvester.get(record).itertext())
    desk.access(record, **desk.closed)
    for root in (
        harvester.get(record, "jpcoar"),
        harvester.ask(verb="ListRecords", metadataPrefix="oai_dc"),
        harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc"),
    ):
        assert [found.get("status") for found in root.iter(f"{OAI}header")] == ["deleted"]
        assert "あとで隠す題" not in etree.tostring(root, encoding="unicode")
    announce()
    assert [found.deleted for found in harvester.headers()] == [True]


def test_what_was_narrowed_and_opened_again_is_told_again(harvester, desk, announce):
    record = desk.record()
    announce()
    desk.access(record, **desk.closed)
    announce()
    with clock.at(LATER):
        desk.access(record, **{"class": "open"})
        assert [found.deleted for found in harvester.headers()] == [True]  # nothing is told twice before the worker says so
        announce()
        assert [(found.deleted, found.datestamp) for found in harvester.headers()] == [(False, "2026-11-21T01:00:05Z")]


def test_what_was_public_for_a_moment_only_is_told_as_deleted(harvester, desk, announce):
    record = desk.record()
    with clock.at(LATER):
        desk.withdraw(record)
    announce()
    assert [(found.record, found.deleted) for found in harvester.headers()] == [(record, True)]


def test_the_end_of_an_embargo_is_news(harvester, desk, announce, run_workers):
    record = desk.record(access=EMBARGO)
    announce()
    assert "embargoed access" in "".join(harvester.get(record).itertext())
    with clock.at("2027-04-01T00:00:01+09:00"):
        run_workers()
        (found,) = harvester.headers(from_="2027-03-31T15:00:00Z")
        assert (found.record, found.datestamp) == (record, "2027-03-31T15:00:01Z")
        assert "open access" in "".join(harvester.get(record).itertext())


def test_work_on_a_draft_is_no_news(harvester, desk, announce):
    record = desk.record()
    announce()
    with clock.at(LATER):
        actions.open_version(desk.me, record, kind="metadata")
        actions.save_draft(desk.me, record, {"title": {"ja": "まだ秘密"}}, if_match=None, required=False)
        announce()
    assert harvester.headers()[0].datestamp == "2026-11-21T01:00:00Z"
    assert Change.objects.count() == 1


def test_the_sitemap_tells_the_same_records_as_the_live_list(harvester, desk, announce, client):
    shown, gone = [desk.record() for _ in range(4)], desk.record()
    desk.record(access=desk.closed)
    desk.withdraw(gone)
    announce()
    live = sorted(found.record for found in harvester.headers() if not found.deleted)
    assert live == sorted(re.findall(r"/records/([^<]+)<", client.get("/sitemap-all.xml").content.decode())) == sorted(shown)


# ---------------------------------------------------------------- datestamps


def test_a_clock_that_is_set_back_takes_no_datestamp_back(harvester, desk, announce):
    with clock.at(LATER):
        first = desk.record()
        announce()
    second = desk.record()
    announce()
    assert [(found.record, found.datestamp) for found in harvester.headers(from_="2026-11-21T01:00:05Z")] == [
        (first, "2026-11-21T01:00:05Z"), (second, "2026-11-21T01:00:05Z"),
    ]  # fmt: skip


def test_a_datestamp_is_rounded_up_so_that_the_time_of_an_answer_is_a_safe_start(harvester, desk, announce):
    with clock.at("2026-11-21T10:00:00.999+09:00"):
        record = desk.record()
        announce()
        answered = harvester.ask(verb="Identify").findtext(f"{OAI}responseDate")
    assert answered == "2026-11-21T01:00:00Z"
    assert [(found.record, found.datestamp) for found in harvester.headers(from_=answered)] == [(record, "2026-11-21T01:00:01Z")]


def test_what_changes_during_a_harvest_comes_again_at_its_end(harvester, desk, announce):
    made = [desk.record() for _ in range(7)]
    announce()
    pages = harvester.pages("ListIdentifiers", metadataPrefix="oai_dc")
    told = heads_in(next(pages))
    with clock.at(LATER):
        desk.correct(made[1])  # told already
        desk.correct(made[5])  # still to come
        desk.withdraw(made[6])
        new = desk.record()
        announce()
    for page in pages:
        told += heads_in(page)
    assert told == [made[0], made[1], made[2], made[3], made[4], made[1], made[5], made[6], new]


@pytest.mark.parametrize("more", [{}, {"set": "kind:dataset"}])
def test_a_list_whose_rest_moved_away_ends_without_an_error(harvester, desk, announce, more):
    made = [desk.record() for _ in range(5)]
    announce()
    pages = harvester.pages("ListIdentifiers", metadataPrefix="oai_dc", until="2026-11-21T01:00:00Z", **more)
    assert heads_in(next(pages)) == made[:3]
    with clock.at(LATER):
        desk.correct(made[3])
        desk.correct(made[4])
        announce()
    (last,) = pages
    assert heads_in(last) == [made[2]]
    assert harvester.errors(verb="ListIdentifiers", metadataPrefix="oai_dc", until="2026-11-21T00:59:59Z") == ["noRecordsMatch"]


def heads_in(page) -> list[str]:
    return [found.text.rsplit(":", 1)[1] for found in page.iter(f"{OAI}identifier")]


def test_a_batch_that_comes_again_changes_nothing(harvester, desk, announce):
    from izumi.kernel import journal
    from izumi.publishing import actions as publishing

    record = desk.record()
    desk.correct(record)
    announce()
    before = [(row.record, row.n) for row in Announced.objects.all()]
    assert publishing.announce(journal.events_after(0)) == 0
    assert [(row.record, row.n) for row in Announced.objects.all()] == before


def test_announcing_costs_the_same_for_one_record_and_for_many(desk, announce):
    def statements(count: int) -> int:
        for _ in range(count):
            desk.record(projects=(desk.world.project,))
        with CaptureQueriesContext(connection) as captured:
            announce()
        return len(captured)

    statements(1)
    assert statements(1) == statements(6)
    assert set(records.public_states(Announced.objects.values_list("pk", flat=True))) == set(Announced.objects.values_list("pk", flat=True))
