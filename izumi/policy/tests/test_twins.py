from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor, console, system
from izumi.kernel.days import parse_instant, start_of
from izumi.kernel.work import work
from izumi.policy.actions import compile
from izumi.policy.models import AccessState, AllowRule
from izumi.policy.queries import (
    access_facts,
    facts_as_of,
    facts_for,
    history,
    next_edge_of_all,
    records_with_edge,
    verdict_as_of,
    visible,
)
from izumi.policy.rules import index_audience, rules_for, verdict
from izumi.policy.types import AccessStatement, Parties, Rule

pytestmark = pytest.mark.usefixtures("home")

KEYS = [
    "person:a", "person:b", "org:u", "org:v", "project:p", "project:q", "group:g", "programme:m",
    "role:curator@org:u", "role:pm@project:p", "role:pm@project:q", "role:funder@programme:m", "role:admin@site",
    "role:operator@site", "role:researcher@org:u",
]  # fmt: skip
SCOPES = [*KEYS[:8], "public", "console", "role:admin@site", "nonsense"]
ZERO = parse_instant("2026-11-21T00:00:00+09:00")
DAYS = st.integers(-4, 4).map(lambda n: (ZERO + timedelta(days=n)).date().isoformat())
MOMENTS = st.tuples(st.integers(-5, 5), st.sampled_from([-1, 0, 1])).map(
    lambda t: ZERO + timedelta(days=t[0], microseconds=t[1])
)
ACTORS = st.one_of(
    st.sampled_from([ANONYMOUS, console(), system("test")]),
    st.builds(
        lambda keys, scopes: Actor(kind="person", id="person:b", keys=frozenset({"public", *keys}), scopes=scopes),
        st.sets(st.sampled_from(KEYS), max_size=5),
        st.one_of(st.none(), st.frozensets(st.sampled_from(["read", "write", "publish", "admin", "zzz"]), max_size=2)),
    ),
)
STATEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "class": st.sampled_from(["open", "shared", "closed", "embargoed", "wrong"]),
        "available_on": DAYS,
        "opens": st.sampled_from(["auto", "confirm"]),
        "scopes": st.lists(st.sampled_from(SCOPES), max_size=3),
        "metadata_class": st.sampled_from(["open", "shared", "closed", "embargoed"]),
        "disclosure": st.dictionaries(st.sampled_from(["/contact", "/coverage"]), st.sampled_from(["shared", "closed"])),
        "requests": st.sampled_from(["anyone", "members", "none"]),
    },
)
GRANTS = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["files", "files:data/*", "metadata", "metadata:/contact", "filesystem"]),
        st.sampled_from(["see", "read", "edit"]),
        st.sampled_from(["person:b", "person:b", "group:g", *SCOPES]),
        st.one_of(st.none(), MOMENTS),
        st.one_of(st.none(), MOMENTS),
    ),
    max_size=2,
)
STATES = st.sampled_from([*["published"] * 6, "unpublished", "scheduled", "withdrawn"])
GATES = st.one_of(
    *[st.just(frozenset())] * 3, st.frozensets(st.sampled_from(["withdrawn", "suspended", "hold", "pseudonymised", "odd"]))
)
PARTIES = st.builds(
    Parties,
    st.sampled_from(["person:a", "person:b", ""]),
    st.sampled_from(["org:u", "org:v"]),
    st.sampled_from([(), ("p",), ("p", "q")]),
    st.sampled_from([(), ("m",)]),
    st.sampled_from([(), (), ("person:b",), ("project:p",), ("person:a", "project:q", "public")]),
)
EXAMPLES = 5000 if os.environ.get("IZUMI_LONG") else 400


def near_an_edge(rules, draw):
    """A moment at, just before or just after an edge of the rules: where answers change, and errors hide."""
    edges = sorted({edge for rule in rules for edge in (rule.from_at, rule.until_at) if edge})
    return draw(st.sampled_from(edges or [ZERO])) + timedelta(microseconds=draw(st.sampled_from([-1, 0, 1])))


LOOK = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=False
)


def put(statement, parties, state, gates=(), grants=(), record="rrrrr-rrrrr"):
    with work(system("test"), "policy.compile") as w:
        w.journal("test.compiled", record)
        return compile(w, record, AccessStatement.from_document(statement), parties, state=state, gates=gates, grants=grants)


def seen_by_sql(actor, at, action):
    return AccessState.objects.filter(visible(actor, at, action, record="record_id"), superseded_at__isnull=True).exists()


def allowed_by_hand(actor, rules, at, action):
    """The definition, written out once more without the product's own words: half-open windows, keys, parts."""
    keys = {"public"} if actor.scopes is not None and not actor.scopes & {"read", "write", "publish", "admin"} else {*actor.keys}
    if actor.scopes is not None and "admin" not in actor.scopes:
        keys -= {"role:admin@site", "role:operator@site"}
    return any(
        rule.action == action
        and rule.audience in keys
        and not (rule.from_at and at < rule.from_at)
        and not (rule.until_at and rule.until_at <= at)
        and (rule.part == "metadata" if action == "see" else rule.part == "files" or rule.part.startswith("files:"))
        for rule in rules
    )


def seen_by_index(actor, rules, at):
    readers = {"public"} if actor.scopes is not None and not actor.scopes & {"read", "write", "publish", "admin"} else set(actor.keys)
    if actor.scopes is not None and "admin" not in actor.scopes:
        readers -= {"role:admin@site", "role:operator@site"}
    return bool(index_audience(rules, at) & readers)


@LOOK
@given(statement=STATEMENTS, parties=PARTIES, state=STATES, gates=GATES, grants=GRANTS, actor=ACTORS, data=st.data())
def test_verdict_and_sql_and_index_agree(statement, parties, state, gates, grants, actor, data):
    facts = put(statement, parties, state, gates, grants)
    at = near_an_edge(facts.rules, data.draw)
    may_see, may_read = bool(verdict(actor, "see", facts, at)), bool(verdict(actor, "read", facts, at))
    assert may_see == seen_by_sql(actor, at, "see") == seen_by_index(actor, facts.rules, at)
    assert may_read == seen_by_sql(actor, at, "read")
    assert may_see or not may_read, "whoever may read may see"
    assert facts_for([facts.record_id]) == {facts.record_id: facts.rules}
    assert access_facts([facts.record_id])[facts.record_id].rules == facts.rules
    assert (may_see, may_read) == tuple(allowed_by_hand(actor, facts.rules, at, action) for action in ("see", "read"))
    audience = index_audience(facts.rules, at)
    assert "public" not in audience or audience == {"public"}


@LOOK
@given(statement=STATEMENTS, parties=PARTIES, state=STATES, gates=GATES, actor=ACTORS, at=MOMENTS, scope=st.sampled_from(SCOPES))
def test_adding_a_scope_never_removes_access(statement, parties, state, gates, actor, at, scope):
    narrow = rules_for(AccessStatement.from_document(statement), parties, state=state, gates=gates)
    wider = {**statement, "scopes": [*statement.get("scopes", []), scope]}
    wide = rules_for(AccessStatement.from_document(wider), parties, state=state, gates=gates)
    assert {(r.part, r.action, r.audience) for r in narrow} <= {(r.part, r.action, r.audience) for r in wide}


@LOOK
@given(statement=STATEMENTS, parties=PARTIES, state=STATES, gates=GATES, grants=GRANTS)
def test_gates_always_win(statement, parties, state, gates, grants):
    read = AccessStatement.from_document(statement)
    free = rules_for(read, parties, state=state, grants=grants)
    shut = rules_for(read, parties, state=state, gates=gates, grants=grants)
    assert set(shut) <= set(free), "a gate only takes away"
    insiders = {"owner", "project_manager", "editor", "curator", "admin", "console", "system"}
    outside = {r.action for r in shut if r.reason not in insiders}
    if gates & {"suspended", "hold", "odd"}:
        assert outside == set()
    if gates & {"withdrawn", "pseudonymised"} or state == "withdrawn":
        assert outside <= {"see"}


@LOOK
@given(statement=STATEMENTS, state=STATES, gates=GATES, actor=ACTORS, at=MOMENTS, parties=PARTIES)
def test_every_verdict_says_why_in_two_languages(statement, state, gates, actor, at, parties):
    read = AccessStatement.from_document(statement)
    from izumi.policy.types import AccessFacts

    facts = AccessFacts(
        state=state, statement=read, rules=rules_for(read, parties, state=state, gates=gates), gates=gates
    )
    for action in ("see", "read", "edit", "review", "nonsense"):
        told = verdict(actor, action, facts, at).as_json()
        assert told["reasons"]
        for one in [*told["reasons"], *told["ways_out"]]:
            assert one["text"]["ja"] and one["text"]["en"] and "{" not in one["text"]["en"]


def test_the_rules_of_an_earlier_day_are_remembered():
    parties = Parties("person:a", "org:u")
    with clock.at("2026-03-01T00:00:00+09:00"):
        put({"class": "open"}, parties, "published")
    with clock.at("2026-06-01T00:00:00+09:00"):
        put({"class": "closed"}, parties, "published")
    now = parse_instant("2026-07-01")
    allowed = [
        bool(verdict_as_of(ANONYMOUS, "read", "rrrrr-rrrrr", at=parse_instant(day), now=now))
        for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-07-02")
    ]
    assert allowed == [False, True, True, False, False]
    assert facts_as_of("rrrrr-rrrrr", parse_instant("2026-04-01"), now=now).statement.access_class == "open"
    assert [facts.statement.access_class for _, facts in history("rrrrr-rrrrr")] == ["closed", "open"]


def test_the_future_is_decided_by_the_rules_of_today():
    with clock.at("2026-11-21T00:00:00+09:00") as now:
        put({"class": "embargoed", "available_on": "2026-12-01"}, Parties("person:a", "org:u"), "published")
        assert not verdict_as_of(ANONYMOUS, "read", "rrrrr-rrrrr", at=now)
        assert verdict_as_of(ANONYMOUS, "read", "rrrrr-rrrrr", at=parse_instant("2026-12-01"))


def test_compiling_the_same_again_writes_nothing():
    first = put({"class": "open"}, Parties("person:a", "org:u"), "published")
    rows = AllowRule.objects.count()
    again = put({"class": "open"}, Parties("person:a", "org:u"), "published")
    changed = put({"class": "closed"}, Parties("person:a", "org:u"), "published")
    assert (again.revision, AllowRule.objects.filter(superseded_at__isnull=True).count()) == (first.revision, 6 + 4)
    assert AllowRule.objects.count() == rows + 10
    assert changed.revision > first.revision


def test_edges_of_all_records_are_found_for_the_tick():
    day = start_of(parse_instant("2026-12-01").date())
    put({"class": "embargoed", "available_on": "2026-12-02"}, Parties("person:a", "org:u"), "published", record="a")
    put({"class": "open"}, Parties("person:a", "org:u"), "published", record="b")
    edge = start_of(AccessStatement.from_document({"available_on": "2026-12-02"}).available_on)
    assert records_with_edge(edge - timedelta(seconds=1), edge) == ["a"]
    assert records_with_edge(edge, edge + timedelta(days=1)) == []
    assert next_edge_of_all(day) == edge
    assert next_edge_of_all(edge) is None


def test_deciding_costs_one_statement():
    for n in range(5):
        put({"class": "open"}, Parties("person:a", "org:u"), "published", record=f"r{n}")
    with CaptureQueriesContext(connection) as told:
        assert len(access_facts(f"r{n}" for n in range(5))) == 5
    assert len(told) == 1
