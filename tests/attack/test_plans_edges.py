"""Two at once, and the last second of the fiscal year: nothing half-written, nothing counted in the wrong year."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from izumi.kernel import clock
from izumi.kernel.errors import IzumiError
from izumi.plans import actions as plans
from izumi.plans.models import Entry, EntryRecord, Plan, PlanDraft, PlanVersion
from izumi.plans.queries import deviations
from izumi.records.models import Record
from tests.attack.estate import an_entry, an_estate


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What came of each: ``done`` or the code of the refusal."""
    told, gate = [""] * len(acts), threading.Barrier(len(acts))

    def run(n: int) -> None:
        gate.wait()
        try:
            acts[n]()
            told[n] = "done"
        except IzumiError as refused:
            told[n] = str(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


def test_adopting_twice_and_revising_at_once_leaves_one_whole_plan(home):
    estate = an_estate()
    pm, researcher = estate.actor("pm"), estate.actor("researcher")
    plan = plans.create_plan(pm, {"title": {"ja": "x"}, "entries": [an_entry(1), an_entry(2)]}, project=estate.project).id
    told = at_once(lambda: plans.adopt(pm, plan), lambda: plans.adopt(pm, plan), lambda: plans.revise(researcher, plan, reason="x"))
    adopted = told[:2].count("done")  # twice, where the revision came in between: then it was the revision
    assert adopted == 1 or (adopted == 2 and told[2] == "done")
    assert Plan.objects.get(pk=plan).version == PlanVersion.objects.filter(plan_id=plan).count() == adopted
    assert (Entry.objects.count(), EntryRecord.objects.count(), Record.objects.count()) == (2, 2, 2)
    assert PlanDraft.objects.count() == (1 if told[2] == "done" and adopted == 1 else 0)


def test_a_day_agreed_for_the_end_of_the_fiscal_year_is_late_at_midnight_in_japan(home):
    with clock.at("2027-01-10T10:00:00+09:00"):
        estate = an_estate()
        plan, _, _ = estate.in_force(an_entry(planned={"publish_on": "2027-03-31"}))
    found = {}
    for moment in ("2027-03-31T23:59:59+09:00", "2027-04-01T00:00:00+09:00"):
        with clock.at(moment):
            found[moment[:10]] = [one.code for one in deviations(estate.actor("pm"), plan)]
    assert found == {"2027-03-31": [], "2027-04-01": ["late"]}
