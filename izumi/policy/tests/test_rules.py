from __future__ import annotations

import pytest

from izumi.kernel.actors import ANONYMOUS, Actor, console, system
from izumi.kernel.days import parse_instant
from izumi.policy.rules import (
    edge_index,
    gains_and_losses,
    hidden_pointers,
    index_audience,
    next_edge,
    public_may,
    rules_for,
    scope_allows,
    statement_findings,
    verdict,
)
from izumi.policy.types import AccessFacts, AccessStatement, Parties, Rule

PARTIES = Parties("person:aaa", "org:uni", projects=("prj",), programmes=("prg",))
NOW = parse_instant("2026-11-21T12:00:00+09:00")


def a_person(*keys: str, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(kind="person", id="person:zzz", keys=frozenset({"public", "person:zzz", *keys}), scopes=scopes)


OWNER = Actor(kind="person", id="person:aaa", keys=frozenset({"public", "person:aaa"}))
PM = a_person("role:pm@project:prj", "project:prj")
MEMBER = a_person("project:prj")
CURATOR = a_person("role:curator@org:uni", "org:uni")
COLLEAGUE = a_person("org:uni")
ADMIN = a_person("role:admin@site")
OPERATOR = a_person("role:operator@site")
FUNDER = a_person("role:funder@programme:prg", "programme:prg")
STRANGER = a_person("org:other")


def facts(access: dict, state: str = "published", gates: tuple[str, ...] = (), grants: tuple[Rule, ...] = ()):
    statement = AccessStatement.from_document(access)
    rules = rules_for(statement, PARTIES, state=state, gates=gates, grants=grants)
    return AccessFacts(record_id="r", state=state, statement=statement, rules=rules, gates=frozenset(gates))


OPEN = {"class": "open"}
CLOSED = {"class": "closed"}
SHARED = {"class": "shared", "scopes": ["project:prj"]}
EMBARGOED = {"class": "embargoed", "available_on": "2027-04-01"}


@pytest.mark.parametrize(
    ("who", "access", "state", "see", "read"),
    [
        (ANONYMOUS, OPEN, "published", True, True),
        (ANONYMOUS, OPEN, "unpublished", False, False),
        (ANONYMOUS, OPEN, "scheduled", False, False),
        (ANONYMOUS, OPEN, "withdrawn", True, False),
        (ANONYMOUS, OPEN, "nonsense", False, False),
        (ANONYMOUS, CLOSED, "published", True, False),
        (ANONYMOUS, SHARED, "published", True, False),
        (ANONYMOUS, EMBARGOED, "published", True, False),
        (ANONYMOUS, {**OPEN, "metadata_class": "closed"}, "published", False, False),
        (ANONYMOUS, {**OPEN, "metadata_class": "shared", "scopes": ["project:prj"]}, "published", False, False),
        (ANONYMOUS, {}, "published", True, False),
        (MEMBER, SHARED, "published", True, True),
        (MEMBER, SHARED, "unpublished", False, False),
        (MEMBER, SHARED, "withdrawn", True, False),
        (MEMBER, CLOSED, "published", True, False),
        (MEMBER, {**CLOSED, "metadata_class": "closed"}, "published", False, False),
        (MEMBER, {**OPEN, "metadata_class": "shared", "scopes": ["project:prj"]}, "published", True, True),
        (MEMBER, {**OPEN, "metadata_class": "closed", "scopes": ["project:prj"]}, "published", False, False),
        (MEMBER, {"class": "shared"}, "published", True, False),
        (MEMBER, {**EMBARGOED, "scopes": ["project:prj"]}, "published", True, False),
        (COLLEAGUE, {**CLOSED, "metadata_class": "closed"}, "published", False, False),
        (STRANGER, SHARED, "published", True, False),
        (OWNER, CLOSED, "unpublished", True, True),
        (OWNER, CLOSED, "withdrawn", True, True),
        (PM, CLOSED, "unpublished", True, True),
        (CURATOR, {**CLOSED, "metadata_class": "closed"}, "unpublished", True, True),
        (ADMIN, {**CLOSED, "metadata_class": "closed"}, "unpublished", True, False),
        (ADMIN, CLOSED, "published", True, False),
        (OPERATOR, {**CLOSED, "metadata_class": "closed"}, "published", False, False),
        (FUNDER, {**CLOSED, "metadata_class": "closed"}, "published", True, False),
        (FUNDER, {**CLOSED, "metadata_class": "closed"}, "unpublished", False, False),
        (console(), {**CLOSED, "metadata_class": "closed"}, "unpublished", True, True),
        (system("test"), {**CLOSED, "metadata_class": "closed"}, "unpublished", True, True),
    ],
)
def test_who_sees_and_who_reads(who, access, state, see, read):
    known = facts(access, state)
    assert bool(verdict(who, "see", known, NOW)) is see
    assert bool(verdict(who, "read", known, NOW)) is read


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (OWNER, {"edit", "submit", "publish", "withdraw", "manage"}),
        (PM, {"edit", "submit", "publish", "withdraw", "manage"}),
        (CURATOR, {"edit", "submit", "review", "publish", "withdraw", "manage"}),
        (ADMIN, {"edit", "submit", "review", "publish", "withdraw", "manage"}),
        (console(), {"edit", "submit", "review", "publish", "withdraw", "manage"}),
        (MEMBER, set()), (COLLEAGUE, set()), (OPERATOR, set()), (FUNDER, set()), (STRANGER, set()), (ANONYMOUS, set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["unpublished", "published"])
def test_who_works_on_a_record(who, allowed, state):
    known = facts(OPEN, state)
    for action in ("edit", "submit", "review", "publish", "withdraw", "manage", "nonsense"):
        assert bool(verdict(who, action, known, NOW)) is (action in allowed), action


def test_an_embargo_ends_at_midnight_in_japan():
    known = facts(EMBARGOED)
    assert not verdict(ANONYMOUS, "read", known, parse_instant("2027-03-31T23:59:59+09:00"))
    assert verdict(ANONYMOUS, "read", known, parse_instant("2027-04-01T00:00:00+09:00"))
    assert verdict(ANONYMOUS, "read", known, parse_instant("2027-03-31T15:00:00+00:00"))


@pytest.mark.parametrize("access", [
    {**EMBARGOED, "opens": "confirm"}, {**EMBARGOED, "opens": "later"}, {"class": "embargoed"},
    {"class": "embargoed", "available_on": "2027-4-1"}, {"class": "embargoed", "available_on": 20270401},
    {"class": "embargoed", "available_on": "0001-01-01"}, {"class": "embargoed", "available_on": "1899-12-31"},
])  # fmt: skip
def test_an_unclear_or_unconfirmed_embargo_never_opens_by_itself(access):
    known = facts(access)
    later = parse_instant("2099-01-01")
    assert not verdict(ANONYMOUS, "read", known, later)
    assert [r.code for r in verdict(ANONYMOUS, "read", known, later).reasons][0] == "embargo_unconfirmed"


def test_a_refusal_tells_class_reasons_day_and_ways_out():
    known = facts({**EMBARGOED, "reasons": ["novelty", {"code": "patent"}], "requests": "anyone"})
    told = verdict(ANONYMOUS, "read", known, NOW).as_json()
    assert told["allowed"] is False
    assert [r["code"] for r in told["reasons"]] == ["embargoed", "novelty", "patent", "opens_later"]
    assert told["reasons"][0]["until"] == "2027-04-01T00:00:00+09:00"
    assert told["reasons"][1]["text"] == {"ja": "新規性を守るため", "en": "To keep novelty"}
    assert told["reasons"][1]["basis"] == "/access/reasons/0"
    assert told["reasons"][3]["from"] == "2027-04-01T00:00:00+09:00"
    assert [w["code"] for w in told["ways_out"]] == ["sign_in", "wait", "request_access"]
    assert told["ways_out"][1]["until"] == "2027-04-01T00:00:00+09:00"


def test_a_refusal_names_the_nearest_audience_but_nobody_by_name():
    told = verdict(STRANGER, "read", facts(SHARED), NOW)
    assert [r.code for r in told.reasons] == ["class_shared", "for_others"]
    assert told.reasons[1].text["en"] == "Who may: Members of a project it is shared with"
    assert told.ways_out == ()


@pytest.mark.parametrize(("who", "requests", "ways"), [
    (STRANGER, "anyone", ["request_access"]), (STRANGER, "members", []), (STRANGER, "none", []),
    (COLLEAGUE, "members", ["request_access"]), (MEMBER, "members", ["request_access"]),
    (ANONYMOUS, "members", ["sign_in"]),
])  # fmt: skip
def test_asking_is_offered_where_requestability_says_so(who, requests, ways):
    told = verdict(who, "read", facts({**CLOSED, "requests": requests}), NOW)
    assert [w.code for w in told.ways_out] == ways


def test_nobody_is_invited_to_ask_for_a_withdrawn_record():
    told = verdict(STRANGER, "read", facts({**CLOSED, "requests": "anyone"}, "withdrawn"), NOW)
    assert [r.code for r in told.reasons][0] == "withdrawn"
    assert told.ways_out == ()


@pytest.mark.parametrize(
    ("gate", "who", "allowed"),
    [
        ("suspended", ANONYMOUS, set()),
        ("suspended", MEMBER, set()),
        ("suspended", OWNER, {"see"}),
        ("suspended", CURATOR, {"see", "read", "edit", "submit", "review", "publish", "withdraw", "manage"}),
        ("hold", ANONYMOUS, set()),
        ("hold", OWNER, {"see", "read"}),
        ("hold", CURATOR, {"see", "read", "manage"}),
        ("pseudonymised", ANONYMOUS, {"see"}),
        ("pseudonymised", MEMBER, {"see"}),
        ("pseudonymised", OWNER, {"see", "read", "edit", "submit", "publish", "withdraw", "manage"}),
        ("withdrawn", ANONYMOUS, {"see"}),
        ("withdrawn", OWNER, {"see", "read", "withdraw", "manage"}),
        ("unheard_of", OWNER, set()),
        ("unheard_of", ANONYMOUS, set()),
        ("unheard_of", CURATOR, {"see", "manage"}),
    ],
)
def test_gates_cut_everything_else(gate, who, allowed):
    grants = (Rule("files", "read", "person:zzz"), Rule("files", "read", "project:prj"))
    known = facts({**OPEN, "scopes": ["project:prj", "org:uni"]}, gates=(gate,), grants=grants)
    actions = ("see", "read", "edit", "submit", "review", "publish", "withdraw", "manage")
    assert {a for a in actions if verdict(who, a, known, NOW)} == allowed


@pytest.mark.parametrize("scope", ["public", "console", "system", "role:admin@site", "role:curator@org:uni", "", "org:"])
def test_a_scope_cannot_name_the_public_or_a_role(scope):
    before, after = facts({"class": "shared"}), facts({"class": "shared", "scopes": [scope]})
    assert before.rules == after.rules
    assert not verdict(ANONYMOUS, "read", after, NOW)


def test_a_grant_never_opens_to_the_public_nor_lets_anyone_edit():
    grants = (Rule("files", "read", "public"), Rule("files", "edit", "person:zzz"))
    assert facts(CLOSED, grants=grants).rules == facts(CLOSED).rules


@pytest.mark.parametrize(("part", "action"), [
    ("metadata", "read"), ("files", "see"), ("metadata:/contact", "see"), ("filesystem", "read"), ("", "read"), ("files", "manage"),
])  # fmt: skip
def test_a_grant_whose_part_does_not_fit_its_action_is_no_grant(part, action):
    hidden = {**CLOSED, "metadata_class": "closed"}
    assert facts(hidden, grants=(Rule(part, action, "person:zzz"),)).rules == facts(hidden).rules


def test_a_grant_holds_in_its_window_and_for_its_files():
    start, end = parse_instant("2026-12-01"), parse_instant("2027-01-01")
    grants = (Rule("files:data/*", "read", "person:zzz", start, end),)
    known = facts({**CLOSED, "metadata_class": "closed"}, grants=grants)
    inside = parse_instant("2026-12-31T23:59:59+09:00")
    assert verdict(STRANGER, "see", known, inside)
    assert verdict(STRANGER, "read", known, inside)
    assert verdict(STRANGER, "read", known, inside, "data/a.csv")
    assert not verdict(STRANGER, "read", known, inside, "data/deep/a.csv")
    assert not verdict(STRANGER, "read", known, inside, "other.csv")
    assert not verdict(STRANGER, "read", known, end, "data/a.csv")
    assert not verdict(STRANGER, "see", known, NOW)
    assert [r.code for r in verdict(STRANGER, "read", known, NOW).reasons] == ["class_closed", "opens_later"]
    assert [r.code for r in verdict(STRANGER, "read", known, end).reasons] == ["class_closed", "window_ended"]


def test_a_glob_crosses_folders_only_with_two_stars():
    known = facts(CLOSED, grants=(Rule("files:raw/**", "read", "person:zzz"), Rule("files:[a].?xt", "read", "person:zzz")))
    assert verdict(STRANGER, "read", known, NOW, "raw/deep/er/a.csv")
    assert verdict(STRANGER, "read", known, NOW, "[a].txt")
    assert not verdict(STRANGER, "read", known, NOW, "a.txt")
    assert not verdict(STRANGER, "read", known, NOW, "draw/a.csv")


def test_a_narrowed_item_is_hidden_from_those_outside_its_scope():
    access = {**OPEN, "scopes": ["project:prj"], "disclosure": {"/contact/email": "shared", "/coverage": "closed"}}
    known = facts(access)
    assert hidden_pointers(ANONYMOUS, known, NOW) == ("/contact/email", "/coverage")
    assert hidden_pointers(MEMBER, known, NOW) == ("/coverage",)
    assert hidden_pointers(OWNER, known, NOW) == ()
    assert not verdict(ANONYMOUS, "see", known, NOW, "/coverage/places/0")
    assert [r.code for r in verdict(ANONYMOUS, "see", known, NOW, "/coverage").reasons][0] == "item_withheld"
    assert verdict(ANONYMOUS, "see", known, NOW, "/title")
    assert verdict(ANONYMOUS, "see", known, NOW, "/coverages")


@pytest.mark.parametrize(("scopes", "action", "allowed"), [
    (None, "publish", True), (frozenset({"publish"}), "publish", True), (frozenset({"write"}), "publish", False),
    (frozenset({"write"}), "edit", True), (frozenset({"read"}), "edit", False), (frozenset({"read"}), "read", True),
    (frozenset({"admin"}), "manage", True), (frozenset(), "see", False), (frozenset({"nonsense"}), "see", False),
])  # fmt: skip
def test_a_token_may_only_what_its_scopes_say(scopes, action, allowed):
    owner = Actor(kind="person", id="person:aaa", keys=frozenset({"public", "person:aaa"}), scopes=scopes)
    assert scope_allows(owner, action) is allowed
    told = verdict(owner, action, facts({**CLOSED, "metadata_class": "closed"}, "unpublished"), NOW)
    assert bool(told) is allowed
    if not allowed:
        assert [r.code for r in told.reasons] == ["scope_missing"]
        assert [w.code for w in told.ways_out] == ["widen_token"]


def test_a_token_without_scopes_still_sees_what_anyone_sees():
    nobody = a_person(scopes=frozenset())
    assert verdict(nobody, "read", facts(OPEN), NOW)


def test_an_administrators_token_without_admin_has_no_rights_of_an_administrator():
    token = a_person("role:admin@site", scopes=frozenset({"publish"}))
    told = verdict(token, "edit", facts(CLOSED), NOW)
    assert [r.text["en"] for r in told.reasons] == ["This token lacks the scope it needs (admin)."]
    assert verdict(a_person("role:admin@site", scopes=frozenset({"admin"})), "edit", facts(CLOSED), NOW)


def test_the_index_knows_the_public_alone_or_the_keys():
    assert index_audience(facts(CLOSED).rules, NOW) == frozenset({"public"})
    hidden = facts({**CLOSED, "metadata_class": "shared", "scopes": ["group:g"]})
    assert index_audience(hidden.rules, NOW) == frozenset({
        "console", "system", "group:g", "person:aaa", "role:admin@site", "role:curator@org:uni",
        "role:funder@programme:prg", "role:pm@project:prj",
    })  # fmt: skip


def test_edges_are_the_moments_at_which_an_answer_may_change():
    rules = facts(EMBARGOED).rules
    edge = parse_instant("2027-04-01T00:00:00+09:00")
    assert (next_edge(rules, NOW), edge_index(rules, NOW)) == (edge, 0)
    assert (next_edge(rules, edge), edge_index(rules, edge)) == (None, 1)
    assert not public_may("read", rules, NOW)
    assert public_may("read", rules, edge)


def changes(before, after):
    return [(c.effect, c.action, c.part, c.audience, c.from_at, c.until_at)
            for c in gains_and_losses(facts(before).rules, facts(after).rules, at=NOW)]  # fmt: skip


def test_the_preview_says_who_gains_and_who_loses_and_when():
    edge = parse_instant("2027-04-01T00:00:00+09:00")
    assert changes(OPEN, EMBARGOED) == [("loses", "read", "files", "public", None, edge)]
    assert changes(SHARED, OPEN) == [("gains", "read", "files", "public", None, None)]
    assert changes(OPEN, SHARED) == [("loses", "read", "files", "public", None, None)]
    assert changes(CLOSED, SHARED) == [("gains", "read", "files", "project:prj", None, None)]
    assert changes(EMBARGOED, OPEN) == [("gains", "read", "files", "public", None, edge)]
    assert changes(OPEN, OPEN) == []


def test_the_preview_knows_narrowed_items():
    narrowed = {**OPEN, "scopes": ["project:prj"], "disclosure": {"/contact/email": "shared"}}
    assert changes(OPEN, narrowed) == []
    told = changes(narrowed, {**narrowed, "disclosure": {"/contact/email": "closed"}})
    assert told == [("loses", "see", "metadata:/contact/email", "project:prj", None, None)]


def test_a_statement_survives_its_document():
    document = {
        "class": "embargoed", "available_on": "2027-04-01", "opens": "confirm",
        "available_when": {"event": "linked_publication_published"},
        "reasons": [{"code": "novelty", "note": {"ja": "論文投稿中"}, "review_on": "2027-03-01"}],
        "scopes": ["project:aaaaa-aaaaa", "group:bbbbb-bbbbb"], "metadata_class": "open",
        "disclosure": {"/contact/email": "shared"}, "requests": "anyone", "conditions": {"en": "Cite us"},
        "funder_class": {"scheme": "amed", "value": "restricted_open"},
    }  # fmt: skip
    assert AccessStatement.from_document(document).as_document() == document


@pytest.mark.parametrize("document", [
    None, {}, [], "open", {"class": "OPEN"}, {"class": ["open"]}, {"class": 3}, {"class": "closed", "scopes": "public"},
    {"scopes": [1, None, {}], "reasons": "x", "disclosure": [], "conditions": 3, "funder_class": "x", "requests": []},
])  # fmt: skip
def test_whatever_a_draft_says_unclear_data_stay_closed(document):
    known = facts(document)
    assert not verdict(STRANGER, "read", known, NOW)
    assert not verdict(ANONYMOUS, "read", known, NOW)


@pytest.mark.parametrize("wrong", ["embargoed", "secret", ["open"], 1])
def test_a_wrong_class_of_metadata_hides_them(wrong):
    assert not verdict(ANONYMOUS, "see", facts({**OPEN, "metadata_class": wrong}), NOW)


@pytest.mark.parametrize(
    ("document", "rules"),
    [
        (OPEN, []),
        (EMBARGOED, []),
        ({"class": "shared", "scopes": []}, []),
        ({}, ["access-class-missing"]),
        ({"class": ["open"]}, ["access-class-unknown"]),
        ({"class": "open", "metadata_class": "embargoed"}, ["metadata-class-unknown", "metadata-narrower-than-data"]),
        ({"class": "embargoed"}, ["embargo-day-missing"]),
        ({"class": "shared", "scopes": ["public"]}, ["scope-unknown"]),
        ({"class": "closed", "reasons": ["because"]}, ["reason-code-unknown"]),
        ({"class": "closed", "requests": {}}, ["requests-unknown"]),
        ({"class": "open", "opens": "perhaps"}, ["opens-unknown"]),
        ({"class": "open", "disclosure": {"email": "shared"}}, ["disclosure-unknown"]),
        ({"class": "open", "disclosure": {"/email": []}}, ["disclosure-unknown"]),
        ({"class": "open", "disclosure": ["x"]}, ["disclosure-unknown"]),
        ({"class": "open", "metadata_class": "closed"}, ["metadata-narrower-than-data"]),
    ],
)
def test_faults_of_a_statement_are_told(document, rules):
    assert [f.rule for f in statement_findings(document)] == rules
    assert all({"ja", "en"} <= set(f.message) for f in statement_findings(document))


@pytest.mark.parametrize(
    ("editors", "key", "state", "access", "may"),
    [
        (("project:p",), "project:p", "unpublished", "open", {"see", "read", "edit", "submit"}),
        (("project:p",), "project:p", "unpublished", "closed", {"see", "edit", "submit"}),
        (("project:p",), "project:p", "published", "closed", set()),
        (("person:b",), "person:b", "published", "closed", {"see", "read", "edit", "submit"}),
        (("person:b",), "person:c", "unpublished", "open", set()),
        (("public",), "public", "unpublished", "open", set()),
    ],
)
def test_a_project_writes_until_publication_and_named_people_go_on(editors, key, state, access, may):
    statement = AccessStatement.from_document({"class": access, "metadata_class": "closed"})
    rules = rules_for(statement, Parties("person:a", "org:u", ("p",), (), editors), state=state)
    assert {rule.action for rule in rules if rule.audience == key} == may
