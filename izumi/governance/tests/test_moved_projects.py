"""A project that comes into a programme after its records were published: the programme's funder sees them in the report."""

from __future__ import annotations

from izumi.governance import queries
from izumi.kernel import clock, journal
from izumi.kernel.actors import console
from izumi.people import actions as people
from izumi.people.types import Number
from izumi.records import queries as records


def test_the_funder_of_the_new_programme_sees_what_was_published_before(world, on, run_workers):
    with clock.at("2026-03-01T09:00:00+09:00"):
        project = people.add_project(console(), title={"ja": "あとで入る"}, organisation=world.lead, numbers=[Number(scheme="JGN", value="JPMJXX9999")])
        people.assign_role(console(), person=world.persons["researcher"], role="member", scope=f"project:{project}")
    record = world.publish(
        projects=[project], funding=[{**world.funding[0], "award_number": "JPMJXX9999"}],
        access={"class": "closed", "metadata_class": "closed", "reasons": [{"code": "novelty"}]},
    )
    with on("2026-06-01"):
        people.update_project(console(), project, programme=world.programme)
        run_workers()
        assert [row.told["record"] for row in queries.report(world.actor("funder"), "common", project=project).rows] == [record]
        people.update_project(console(), project, programme=world.other_programme)
        assert run_workers() and [row.told["record"] for row in queries.report(world.actor("other_funder"), "common", project=project).rows] == [record]
        assert list(records.reported(world.actor("funder"), projects=[project])) == []
        said = [event.verb for event in journal.events_of(record)]
        people.update_project(console(), project, title={"ja": "題だけ変えた"})
        run_workers()
        assert [event.verb for event in journal.events_of(record)] == said and said.count("record.parties_changed") == 2
