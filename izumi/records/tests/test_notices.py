"""Who hears what about records: those whose turn it is, and nobody who may not see the record."""

from __future__ import annotations

import pytest

from izumi.kernel import clock, journal
from izumi.kernel.actors import console
from izumi.kernel.days import parse_day
from izumi.people import actions as people
from izumi.people.models import NoticeRow
from izumi.people.queries.notices import own_notices
from izumi.people.tests.test_mail import read
from izumi.records import actions
from tests.builders import a_document, a_world

pytestmark = pytest.mark.usefixtures("home")


def heard(world, who, lang="ja"):
    told = own_notices(world.actor(who), limit=100).items
    return [(view.kind, view.text.one(lang), view.href, view.act) for view in reversed(told) if view.kind.startswith("record.")]


def told_at_all():
    """Who was told of records, by user name."""
    return set(NoticeRow.objects.filter(kind__startswith="record.").values_list("person__username", flat=True))


def a_draft(world, who="researcher", **changes):
    return actions.create_record(world.actor(who), metadata=a_document(**changes), projects=[world.project]).id


NAME = "「見本川の水質の定点観測（2025年度）」"


def test_a_draft_that_is_handed_in_asks_the_curators_and_only_them(run_workers):
    world = a_world(review="curator")
    above = people.add_organisation(console(), legal_name={"ja": "見本大学機構"}, kind="university")
    department = people.add_organisation(console(), legal_name={"ja": "工学部"}, kind="department", parent=world.organisation)
    for name, where in (("chief", world.organisation), ("other", above), ("inner", department)):
        who = people.add_person(console(), username=name, name={"ja": name}, organisation=where)
        people.assign_role(console(), person=who, role="curator", scope=f"org:{where}")
    record = a_draft(world)
    actions.submit_draft(world.actor("researcher"), record)
    run_workers()
    assert heard(world, "curator") == [("record.submitted", f"{NAME}の確認を頼まれました。", f"/records/{record}/review", True)]
    assert told_at_all() == {"curator", "chief"}


def test_a_curator_of_the_university_hears_of_its_departments(run_workers):
    world = a_world()
    department = people.add_organisation(
        console(), legal_name={"ja": "工学部"}, kind="department", parent=world.organisation, review="curator"
    )
    author = people.add_person(console(), username="author", name={"ja": "著 者"}, organisation=department)
    world.persons["author"] = author
    record = actions.create_record(world.actor("author"), metadata=a_document()).id
    actions.submit_draft(world.actor("author"), record)
    run_workers()
    assert told_at_all() == {"curator"}


def test_the_author_hears_what_becomes_of_it(run_workers):
    world = a_world(review="curator")
    record = a_draft(world)
    me, curator = world.actor("researcher"), world.actor("curator")
    actions.submit_draft(me, record)
    actions.return_draft(curator, record, why="単位を書いてください。")
    actions.submit_draft(me, record)
    actions.accept_draft(curator, record)
    run_workers()
    actions.publish_version(curator, record)
    run_workers()
    assert heard(world, "researcher") == [
        ("record.returned", f"{NAME}が差し戻されました。理由を読んで直してください。", f"/records/{record}/edit", False),
        ("record.accepted", f"{NAME}の確認が済みました。公開できます。", f"/records/{record}/publish", False),
        ("record.published", f"{NAME}が公開されました。", f"/records/{record}", False),
    ]
    assert [kind for kind, *_ in heard(world, "curator")] == ["record.submitted", "record.submitted"]


def test_who_publishes_their_own_data_needs_no_telling(run_workers):
    world = a_world()
    actions.publish_version(world.actor("researcher"), a_draft(world))
    run_workers()
    assert told_at_all() == set()


def test_a_publication_that_fails_on_its_day_is_mailed_at_once(home, run_workers):
    with clock.at("2026-05-01T09:00:00+09:00"):
        world = a_world()
        record = a_draft(world)
        actions.publish_version(world.actor("pm"), record, on=parse_day("2026-05-10"))
        actions.save_draft(console(), record, {"description": None, "contact": None}, if_match=None, required=False)
        run_workers()
    with clock.at("2026-05-10T00:00:00+09:00"):
        run_workers()
        if "record.publication_failed" not in {event.verb for event in journal.events_of(record)}:
            pytest.fail("the draft should not have passed the rules")
        assert told_at_all() == {"researcher", "pm"}
        subjects = sorted((message["To"], message["Subject"]) for message in (read(path) for path in home.mail.glob("*.eml")))
        assert subjects == [
            (f"{who}@mihon.example", "[test.izumi.invalid] 予約した公開の失敗 / A scheduled publication failed") for who in ("pm", "researcher")
        ]


def test_a_withdrawal_is_told_to_owner_and_leader(run_workers):
    world = a_world()
    record = a_draft(world)
    actions.publish_version(world.actor("researcher"), record)
    actions.withdraw(world.actor("curator"), record, why="誤りがありました。")
    run_workers()
    assert [kind for kind, *_ in heard(world, "researcher")] == ["record.withdrawn"]
    assert [text for _, text, *_ in heard(world, "pm", "en")] == ["“Water quality of the Mihon River at fixed points (FY2025)” was withdrawn."]
    assert told_at_all() == {"researcher", "pm"}


ASKED = {"class": "embargoed", "available_on": "2026-06-01", "opens": "confirm", "reasons": [{"code": "patent"}]}


def test_the_day_on_which_somebody_must_say_yes_is_told_once_and_opens_nothing(run_workers):
    with clock.at("2026-05-01T09:00:00+09:00"):
        world = a_world()
        record = a_draft(world, access=ASKED)
        actions.publish_version(world.actor("researcher"), record)
        run_workers()
        changed = actions.access_of(world.actor("pm"), record).revision
    for moment in ("2026-05-31T23:59:00", "2026-06-01T00:00:00", "2026-06-02T00:00:00"):
        with clock.at(f"{moment}+09:00"):
            run_workers()
    with clock.at("2026-06-02T09:00:00+09:00"):
        assert [(kind, page, act) for kind, _, page, act in heard(world, "researcher")] == [
            ("record.confirmation_due", f"/records/{record}/access", True)
        ]
        assert told_at_all() == {"researcher", "pm"}
        view = actions.access_of(world.actor("pm"), record)
        assert (view.statement["class"], view.revision) == ("embargoed", changed)


@pytest.mark.parametrize("change", [{**ASKED, "available_on": "2026-07-01"}, {"class": "open"}])
def test_a_day_that_was_moved_or_settled_asks_nobody(run_workers, change):
    with clock.at("2026-05-01T09:00:00+09:00"):
        world = a_world()
        record = a_draft(world, access=ASKED)
        actions.publish_version(world.actor("researcher"), record)
        me = world.actor("pm")
        match = actions.access_of(me, record).etag
        actions.set_access(me, record, change, if_match=match)
        run_workers()
    with clock.at("2026-06-01T00:00:00+09:00"):
        run_workers()
        assert [kind for kind, *_ in heard(world, "researcher")] == []
    if change["class"] == "embargoed":
        with clock.at("2026-07-01T00:00:00+09:00"):
            run_workers()
            assert [kind for kind, *_ in heard(world, "researcher")] == ["record.confirmation_due"]


def test_a_mail_names_a_record_without_open_metadata_by_its_identifier_only(home, run_workers):
    world = a_world()
    for metadata_class in ("closed", "open"):
        access = {"class": "closed", "metadata_class": metadata_class, "reasons": [{"code": "contract"}]}
        record = a_draft(world, data_number=metadata_class, access=access)
        actions.publish_version(world.actor("researcher"), record)
        actions.withdraw(world.actor("curator"), record, why="契約のため。")
        run_workers()
        assert NAME in heard(world, "researcher")[-1][1]
    with clock.at(clock.now().replace(year=clock.now().year + 1)):
        run_workers()
        (mine,) = [one for one in (read(path) for path in home.mail.glob("*.eml")) if one["To"] == "researcher@mihon.example"]
        closed_line, open_line = [line for line in mine.get_content().splitlines() if line.startswith("・")]
        assert NAME not in closed_line and closed_line.endswith("が取り下げられました。")
        assert NAME in open_line
