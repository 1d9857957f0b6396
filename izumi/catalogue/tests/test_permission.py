"""The index tells nobody more than the decision: hits, totals, facets and suggestions, also while it is behind."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from izumi.catalogue import index, queries
from izumi.catalogue.types import Query
from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor, console

PEOPLE = ["ppppp-00001", "ppppp-00002", "ppppp-00003"]
ORGANISATIONS = ["aaaaa-00001", "aaaaa-00002"]
PROJECTS = ["jjjjj-00001", "jjjjj-00002"]
CLOSED = {"class": "closed", "metadata_class": "closed"}


def some_actor(chance: random.Random) -> Actor:
    keys = {"public", f"person:{chance.choice(PEOPLE)}"}
    keys |= {f"org:{o}" for o in ORGANISATIONS if chance.random() < 0.4}
    keys |= {f"project:{p}" for p in PROJECTS if chance.random() < 0.4}
    keys |= {f"role:curator@org:{o}" for o in ORGANISATIONS if chance.random() < 0.2}
    keys |= {f"role:pm@project:{p}" for p in PROJECTS if chance.random() < 0.2}
    return Actor(kind="person", id="person:ppppp-00001", keys=frozenset(keys))


def some_access(chance: random.Random) -> dict:
    scopes = [f"project:{chance.choice(PROJECTS)}", f"org:{chance.choice(ORGANISATIONS)}", f"person:{chance.choice(PEOPLE)}"]
    statement = {
        "class": chance.choice(["open", "shared", "closed", "embargoed"]),
        "metadata_class": chance.choice(["open", "open", "shared", "closed"]),
        "scopes": chance.sample(scopes, chance.randint(0, 3)),
    }
    if statement["class"] == "embargoed":
        statement["available_on"] = chance.choice(["2026-04-02", "2027-04-01"])
    return statement


def permitted(actor: Actor) -> set[str]:
    """What the decision itself lets the actor see, straight from the rules."""
    from izumi.policy import queries as policy
    from izumi.policy.rules import verdict
    from izumi.records.models import Record

    published = list(Record.objects.filter(state="published").values_list("pk", flat=True))
    facts = policy.access_facts(published)
    return {record for record in published if verdict(actor, "see", facts[record], clock.now()).allowed}


@pytest.mark.parametrize("seed", range(12))
def test_in_a_random_world_search_and_decision_agree(world, seed):
    chance = random.Random(seed)
    records = [
        world.put(
            f"観測 {number}", access=some_access(chance), owner=chance.choice(["", *PEOPLE]), type=chance.choice("abc"),
            organisation=chance.choice(ORGANISATIONS), projects=tuple(chance.sample(PROJECTS, chance.randint(0, 2))),
        )
        for number in range(25)
    ]  # fmt: skip
    world.follow()
    for record in chance.sample(records, 8):
        if chance.random() < 0.3:
            world.withdraw(record)
        else:
            world.rule(record, some_access(chance))
    world.follow()
    types = {}
    from izumi.records.models import Version

    for version in Version.objects.all():
        types[version.record_id] = version.metadata["type"]
    for actor in [ANONYMOUS, console(), *(some_actor(chance) for _ in range(6))]:
        expected = permitted(actor)
        answer = queries.search(actor, Query(q="観測", limit=100))
        assert {item.id for item in answer.items} == expected
        assert answer.total == len(expected)
        assert {one.value: one.count for one in answer.facets["type"]} == dict(Counter(types[r] for r in expected))
        said = {item.title.one("ja") for item in answer.items}
        assert set(queries.suggest(actor, "観測", limit=50)) <= said


def test_a_closed_record_is_absent_from_hits_totals_facets_and_suggestions(world):
    world.put("秘密の合金", access=CLOSED, type="secret_type", keywords=[{"text": {"ja": "秘密の語"}}])
    world.follow()
    answer = queries.search(ANONYMOUS, Query(q="秘密"))
    assert (answer.items, answer.total) == ((), 0)
    assert all(counts == () for counts in answer.facets.values())
    assert queries.suggest(ANONYMOUS, "秘密") == ()
    assert queries.search(ANONYMOUS, Query(q="秘密の合金x")).interpretation.did_you_mean == ""


def test_spelling_help_never_tells_a_word_of_a_closed_record(world):
    world.put({"en": "Unobtainium alloys"}, access=CLOSED)
    world.follow()
    assert queries.search(ANONYMOUS, Query(q="unobtanium")).interpretation.did_you_mean == ""
    assert queries.search(console(), Query(q="unobtanium")).interpretation.did_you_mean == "unobtainium"


def test_a_withdrawn_record_is_gone_after_the_consumer_ran(world, found):
    record = world.put("取り下げる記録")
    world.follow()
    assert found("取り下げる") == ["取り下げる記録"]
    world.withdraw(record)
    world.follow()
    assert found("取り下げる") == []
    assert queries.search(ANONYMOUS, Query()).total == 0
    assert queries.suggest(ANONYMOUS, "取り") == ()


def test_an_index_that_is_behind_shows_nothing_that_was_closed_meanwhile(world, found):
    record = world.put("さっきまで公開")
    world.follow()
    world.rule(record, CLOSED)  # the worker has not run
    assert found("さっきまで") == []
    assert queries.suggest(ANONYMOUS, "さっき") == ()
    world.rule(record, {"class": "open"})
    world.withdraw(record)
    assert found("さっきまで") == []


def test_a_token_sees_no_more_than_its_scopes(world, found):
    world.put("組織の記録", access={"class": "closed", "metadata_class": "shared", "scopes": ["person:ppppp-00001"]})
    world.follow()
    person = Actor(kind="person", id="person:ppppp-00001", keys=frozenset({"public", "person:ppppp-00001"}))
    assert found("組織", actor=person) == ["組織の記録"]


def test_metadata_that_opens_on_a_day_appear_on_that_day_even_after_a_pause(world, found):
    """The worker was off over the edge; what it missed is caught up."""
    from izumi.catalogue import actions

    with clock.at("2026-05-01T00:00:00+09:00"):
        world.put("期限つき", access={"class": "embargoed", "available_on": "2026-05-02", "opens": "auto"})
        world.follow()
    with clock.at("2026-06-01T00:00:00+09:00"):
        actions.pass_edges()
        assert found("期限", filters={"usable": ("now",)}) == ["期限つき"]


def test_a_closing_record_leaves_a_moment_early_and_never_late(world, found):
    from izumi.catalogue import actions
    from izumi.kernel.days import parse_instant
    from izumi.policy.models import AccessState, AllowRule

    edge = "2026-07-01T00:00:00+09:00"
    with clock.at("2026-06-01T00:00:00+09:00"):
        record = world.put("窓が閉じる")
        AllowRule.objects.filter(record_id=record, action="see", audience="public").update(until_at=parse_instant(edge))
        state = AccessState.objects.get(record_id=record)
        for rule in state.rules:
            if rule[1] == "see" and rule[2] == "public":
                rule[4] = parse_instant(edge).isoformat()
        state.save()
        world.follow()
        assert found("窓") == ["窓が閉じる"]
    with clock.at("2026-06-30T23:59:58+09:00"):
        actions.pass_edges()
        assert queries.search(ANONYMOUS, Query()).total == 0
        assert queries.search(console(), Query()).total == 1
    with clock.at("2026-07-01T00:00:00+09:00"):
        actions.pass_edges()
        assert queries.search(ANONYMOUS, Query()).total == 0


def test_the_index_stores_no_text(world, home):
    world.put("保存しない題名", description={"ja": "保存しない説明"})
    world.follow()
    searcher = index.reader().searcher
    hit = searcher.search(index.everything(), 1).hits[0][1]
    assert set(searcher.doc(hit).to_dict()) == {"id"}


def test_a_hit_says_whether_this_very_reader_can_use_it(world):
    world.put("共有の記録", access={"class": "shared", "scopes": ["project:jjjjj-00001"], "requests": "anyone"})
    world.follow()
    member = Actor(kind="person", id="person:ppppp-00001", keys=frozenset({"public", "project:jjjjj-00001"}))
    assert [item.usable for item in queries.search(ANONYMOUS, Query()).items] == ["request"]
    assert [item.usable for item in queries.search(member, Query()).items] == ["now"]
