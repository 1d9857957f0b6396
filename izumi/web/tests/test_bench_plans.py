from __future__ import annotations

from izumi.web import bench_plans


def test_plans_are_measured_beside_what_lies_under_them(home, monkeypatch):
    monkeypatch.setattr(bench_plans, "ROUNDS", 1)
    told = bench_plans.measured(3, 201, 4)
    assert list(told) == ["load", "compare", "adopt", "adopt_later", "tick"]
    small, large = told["compare"]["3"], told["compare"]["201"]
    assert (small["deviations"], large["deviations"]) == (2, 134)
    assert small["statements"] == large["statements"] <= 16
    assert small["ratio"] > 1
    assert told["adopt"]["entries"] == 3
    assert told["adopt"]["ms_per_entry"] > 0
    assert told["adopt_later"]["records_per_s"] > 0
    assert (told["tick"]["projects"], told["tick"]["statements"]) == (4, 11)  # 7 for the next day, 4 for how far it was followed


def test_the_large_plan_answers_every_entry_with_a_record(home):
    from izumi.kernel.actors import console
    from izumi.plans import queries
    from izumi.plans.models import Plan

    bench_plans.measured(3, 201, 1)
    plan = Plan.objects.get(entries=201)
    assert all(len(entry.records) == 1 for entry in queries.plan(console(), plan.id).entries)
