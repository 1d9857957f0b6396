"""What counts, when, for whom and under which number: literal worlds."""

from __future__ import annotations

import pytest

from izumi.governance import queries
from izumi.kernel import clock
from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.people.types import Number
from izumi.records import actions as records
from tests.builders import a_document


def erad(world, who="funder", **asked):
    asked = asked or {"project": world.project}
    return {
        (row.told["project"], row.told["organisation"]): row.told
        for row in queries.report(world.actor(who) if who else console(), "erad", **asked).rows
    }


def counts(world, who="funder", **asked):
    return {key: row["count"] for key, row in erad(world, who, **asked).items()}


def listed(world, who="funder", name="common", **asked):
    return [row.told["record"] for row in queries.report(world.actor(who), name, **(asked or {"project": world.project})).rows]


def test_a_project_with_nothing_counts_zero_for_each_of_its_organisations(world, on):
    with on("2026-06-01"):
        rows = erad(world)
    assert set(rows) == {(world.project, world.lead), (world.project, world.partner)}
    for row in rows.values():
        assert row["count"] == 0 and row["records"] == [] and row["number"] == "JPMJXX9901"
        assert row["by_class"] == {"open": 0, "shared": 0, "closed": 0, "embargoed": 0}


def test_a_record_counts_for_the_organisation_that_hosts_it_and_for_no_other(world, on):
    a = world.publish()
    b = world.publish("partner", hosting_organisation={"name": {"ja": "国立大学法人共同大学"}})
    c = world.publish("researcher", hosting_organisation={"ror": "https://ror.org/04ksd4g47", "name": {"ja": "国立大学法人 共同大学"}})
    with on("2026-06-01"):
        rows = erad(world)
    assert rows[world.project, world.lead]["records"] == [a]
    assert rows[world.project, world.partner]["records"] == sorted([b, c])
    assert [row["count"] == len(row["records"]) for row in rows.values()] == [True, True]


def test_what_is_hosted_outside_the_project_is_counted_in_a_row_of_its_own_and_told(world, on):
    people.assign_role(console(), person=world.persons["stranger"], role="member", scope=f"project:{world.project}")
    record = world.publish("stranger", projects=[], hosting_organisation={"name": {"ja": "株式会社外部製作所"}})
    records.set_projects(console(), record, [world.project])
    with on("2026-06-01"):
        report = queries.report(world.actor("funder"), "erad", project=world.project)
        rows = {row.told["organisation"]: row.told for row in report.rows}
    assert rows[world.outside]["count"] == 1
    assert [one.rule for one in report.findings] == ["organisation-not-in-project"]


def test_a_record_in_two_projects_counts_for_each_and_is_one_record(world, on):
    record = world.publish(projects=[world.project, world.second])
    with on("2026-06-01"):
        report = queries.report(world.actor("funder"), "erad", programme=world.programme)
        rows = {(row.told["project"], row.told["organisation"]): row.told for row in report.rows}
        table = listed(world, programme=world.programme)
    assert rows[world.project, world.lead]["records"] == rows[world.second, world.lead]["records"] == [record]
    assert rows[world.second, world.lead]["number"] == "JPMJXX9902"
    assert (report.totals["counted"], report.totals["records"], report.totals["counted_in_several"]) == (2, 1, 1)
    assert table == [record]


def test_versions_and_corrections_count_once_and_the_newest_is_shown(world, on):
    record = world.publish()
    for kind, at, title in (("metadata", "2026-05-20T09:00:00+09:00", "訂正した題"), ("files", "2026-06-20T09:00:00+09:00", "二版の題")):
        with clock.at(at):
            me = world.actor("researcher")
            records.open_version(me, record, kind=kind)
            records.save_draft(me, record, {"title": {"ja": title}}, if_match="*")
            records.publish_version(me, record)
    shown = []
    for day in ("2026-05-15", "2026-06-01", "2026-07-01"):
        with on(day):
            rows = list(queries.report(world.actor("funder"), "common", project=world.project).rows)
            assert counts(world)[world.project, world.lead] == 1
            shown.append([row.told["title"] for row in rows])
    assert shown == [["見本川の水質の定点観測（2025年度）"], ["訂正した題"], ["二版の題"]]
    with on("2026-07-01"):
        then = list(queries.report(world.actor("funder"), "common", project=world.project, period="2026-05-01/2026-05-31").rows)
    assert [row.told["title"] for row in then] == ["訂正した題"]


def test_what_was_withdrawn_by_the_day_does_not_count_and_what_was_withdrawn_later_does(world, on):
    record = world.publish(at="2026-05-10T10:00:00+09:00")
    with clock.at("2026-08-01T10:00:00+09:00"):
        records.withdraw(world.actor("researcher"), record, why="取り違え")
    with on("2026-09-01"):
        assert counts(world)[world.project, world.lead] == 0
        assert listed(world) == []
        assert counts(world, project=world.project, period="2026-04-01/2026-07-31")[world.project, world.lead] == 1
        assert listed(world, project=world.project, period="2026-04-01/2026-07-31") == [record]
        assert counts(world, project=world.project, period="2026-04-01/2026-08-01")[world.project, world.lead] == 0


@pytest.mark.parametrize(
    ("at", "year"),
    [
        ("2026-03-31T23:59:59+09:00", 2025),
        ("2026-04-01T00:00:00+09:00", 2026),
        ("2027-03-31T23:59:59+09:00", 2026),
        ("2027-04-01T00:00:00+09:00", 2027),
    ],
)
def test_a_fiscal_year_begins_on_the_first_of_april_in_japan(world, on, at, year):
    record = world.publish(at=at)
    with on("2027-05-01"):
        for asked in (2025, 2026, 2027):
            expected = [record] if asked == year else []
            assert erad(world, project=world.project, period=f"FY{asked}")[world.project, world.lead]["records"] == expected
            assert listed(world, project=world.project, period=f"FY{asked}") == expected


def test_in_year_and_cumulative_stand_side_by_side(world, on):
    world.publish(at="2026-03-10T10:00:00+09:00")
    new = world.publish(at="2026-05-10T10:00:00+09:00")
    with on("2026-06-01"):
        row = erad(world, project=world.project, period="FY2026")[world.project, world.lead]
        everything = erad(world)[world.project, world.lead]
    assert (row["count"], row["cumulative"], row["records"]) == (1, 2, [new])
    assert (everything["count"], everything["cumulative"]) == (2, 2)


def test_other_kinds_and_unmanaged_data_are_left_out_and_counted_as_left_out(world, on):
    kept = world.publish()
    world.publish(kind="software", type="software")
    world.publish(management={"managed": False})
    with on("2026-06-01"):
        report = queries.report(world.actor("funder"), "common", project=world.project)
        assert [row.told["record"] for row in report.rows] == [kept]
        assert report.tally.as_json() == {"rows": 1, "of": 3, "in_period": 1, "skipped": {"software": 1, "unmanaged": 1}}
        assert counts(world)[world.project, world.lead] == 1


def test_the_access_class_is_that_of_the_day(world, on):
    world.publish(access={"class": "embargoed", "available_on": "2026-10-01", "reasons": [{"code": "other"}]})
    with on("2027-01-01"):
        before = erad(world, project=world.project, period="2026-04-01/2026-09-30")[world.project, world.lead]
        after = erad(world, project=world.project, period="2026-04-01/2026-10-01")[world.project, world.lead]
    assert before["by_class"] == {"open": 0, "shared": 0, "closed": 0, "embargoed": 1}
    assert after["by_class"] == {"open": 1, "shared": 0, "closed": 0, "embargoed": 0}


def test_numbers_that_change_every_year_are_printed_for_the_year_of_the_report(world, on):
    for year, value in ((2025, "JP25xx0001"), (2026, "JP26xx0001")):
        people.add_number(
            console(), world.second, Number(scheme="JGN", value=value, from_fiscal_year=year, until_fiscal_year=year, current=year == 2026)
        )
    world.publish(at="2026-03-10T10:00:00+09:00", projects=[world.second], funding=[{**world.funding[0], "award_number": "JP25xx0001"}])
    with on("2026-06-01"):
        numbers = {
            year: erad(world, project=world.second, period=f"FY{year}")[world.second, world.lead]["number"] for year in (2025, 2026)
        }
        cell = {
            period: next(iter(queries.report(world.actor("funder"), "common", project=world.second, period=period).rows)).told["award_number"]
            for period in ("FY2025", None)
        }
    assert numbers == {2025: "JP25xx0001", 2026: "JP26xx0001"}
    assert cell == {"FY2025": "JP25xx0001", None: "JP26xx0001"}


def test_the_erad_number_comes_before_the_grant_number_and_a_transferred_one_keeps_its_years(world, on):
    people.add_number(console(), world.project, Number(scheme="e-Rad", value="26000001", until_fiscal_year=2025, current=False))
    people.add_number(console(), world.project, Number(scheme="e-Rad", value="26990001", from_fiscal_year=2026))
    with on("2026-06-01"):
        found = {
            year: erad(world, project=world.project, period=f"FY{year}")[world.project, world.lead]["number"] for year in (2025, 2026)
        }
    assert found == {2025: "26000001", 2026: "26990001"}


def test_a_project_without_a_number_has_a_row_and_a_finding(world, on):
    record = world.publish(projects=[world.elsewhere])
    with on("2026-06-01"):
        report = queries.report(world.actor("other_funder"), "erad", project=world.elsewhere)
        row = next(iter(report.rows)).told
    assert (row["number"], row["scheme"], row["count"], row["records"]) == ("", "", 1, [record])
    assert [(one.rule, one.pointer) for one in report.findings] == [("project-without-number", f"/projects/{world.elsewhere}")]


def test_a_department_counts_for_the_university_that_takes_part(world, on):
    below = people.add_organisation(console(), legal_name={"ja": "国立大学法人見本大学工学部"}, kind="department", parent=world.lead)
    with clock.at("2026-05-10T10:00:00+09:00"):
        document = a_document(hosting_organisation={"name": {"ja": "国立大学法人見本大学工学部"}}, funding=world.funding)
        view = records.create_record(console(), metadata=document, prefill=False, organisation=below)
        records.set_projects(console(), view.id, [world.project])
        records.publish_version(console(), view.id)
    with on("2026-06-01"):
        assert erad(world)[world.project, world.lead]["records"] == [view.id]
        curated = queries.report(world.actor("curator"), "common", organisation=world.lead)
        assert [row.told["record"] for row in curated.rows] == [view.id]


def test_a_share_without_a_denominator_is_not_countable(world, on):
    with on("2026-06-01"):
        nothing = queries.report(world.actor("funder"), "erad", project=world.project).totals
        assert nothing["open"]["percent"]["not_countable"]["en"] == "there are no records to divide by"
        world.publish(at="2026-05-10T10:00:00+09:00")
        assert queries.report(world.actor("funder"), "erad", project=world.project).totals["open"] == {
            "numerator": 1, "denominator": 1, "percent": 100.0,
        }  # fmt: skip
        seen = queries.report(world.actor("researcher"), "erad", project=world.project)
        assert seen.partial and "only some" in seen.totals["open"]["percent"]["not_countable"]["en"]
