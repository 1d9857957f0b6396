"""What the rules say about a plan, and who may do what with it: pure, on any day, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.errors import Invalid
from izumi.kernel.text import both
from izumi.people.types import CallCard, PlanTerms, ProjectCard
from izumi.plans import document as documents
from izumi.plans import promises, rules
from izumi.plans.rules import Others, PlanFacts
from izumi.plans.tests.conftest import an_entry

TODAY = date(2026, 12, 1)
CALL = CallCard(
    id="call1-00000", programme="prog1-00000", title=both("第 1 回公募", "First call"), fiscal_year=2026,
    closes_on=date(2026, 11, 30), plan_due_on=date(2026, 11, 15),
)  # fmt: skip


def terms(**project: Any) -> PlanTerms:
    call = project.pop("call", None)
    card = ProjectCard(id="proj1-00000", title=both("川", "River"), organisation="orga1-00000", **project)
    return PlanTerms(project=card, call=call)


def told(entries: list[dict[str, Any]], *, step: str = "submit", others: Others | None = None, **project: Any) -> list[tuple[str, str, str]]:
    found = rules.plan_findings({"entries": entries}, terms(**project), TODAY, others or Others(), step=step)
    assert all(f.source and f.fix and f.message.one("ja") and f.message.one("en") for f in found)
    return [(f.rule, str(f.severity), f.pointer) for f in found]


def test_a_good_plan_says_nothing():
    assert told([an_entry(1), an_entry(2)]) == []


def test_a_plan_without_entries_is_no_plan():
    assert told([]) == [("plan-without-entries", "error", "/entries")]


@pytest.mark.parametrize("second", ["A-1", "a-1", "Ａ-1", " A-1 "])
def test_the_same_data_number_twice_is_an_error_however_it_is_written(second):
    assert told([an_entry(1, data_number="A-1"), an_entry(2, data_number=second)]) == [
        ("data-number-twice", "error", "/entries/1/data_number")
    ]


def test_a_data_number_of_another_plan_is_a_warning_that_says_where():
    others = Others(numbers={"a-1": both("レコード x", "record x")})
    (found,) = rules.plan_findings({"entries": [an_entry(1, data_number="A-1")]}, terms(), TODAY, others, step="submit")
    assert (found.rule, str(found.severity)) == ("data-number-used", "warning")
    assert "record x" in found.message.one("en")


def test_the_data_cannot_open_before_they_are_registered_nor_after_they_are_gone():
    early = an_entry(1, access={"class": "embargoed", "available_on": "2027-01-01"})
    assert told([early]) == [("days-reversed", "error", "/entries/0/access/available_on")]
    gone = an_entry(1, access={"class": "embargoed", "available_on": "2030-01-01"}, after_project={"keep_until": "2029-12-31"})
    assert told([gone]) == [("days-reversed", "error", "/entries/0/after_project/keep_until")]


def test_who_is_named_must_be_known_and_the_finding_says_where_it_was_looked_up():
    entry = an_entry(1, planned={"responsible": "nobody", "editors": ["project:proj1-00000", "group:none"]})
    others = Others(audiences=frozenset({"project:proj1-00000"}))
    assert told([entry], others=others) == [
        ("responsible-unknown", "error", "/entries/0/planned/responsible"),
        ("editors-unknown", "error", "/entries/0/planned/editors/1"),
    ]
    (found, _) = rules.plan_findings({"entries": [entry]}, terms(), TODAY, others, step="save")
    assert "accounts of this site" in found.message.one("en")


def test_an_unknown_funder_is_told_with_what_it_was_looked_up_in():
    entry = an_entry(1, funding=[{"funder": {"name": {"en": "Unheard Foundation"}}}])
    (found,) = rules.plan_findings({"entries": [entry]}, terms(), TODAY, Others(), step="submit")
    assert (found.rule, found.source) == ("funder-unknown", "erad-funders")
    assert "Unheard Foundation" in found.message.one("en")
    assert told([entry], others=Others(funders=frozenset({"unheard foundation"}))) == []


def test_the_ground_of_management_is_a_task_and_data_that_are_not_managed_need_none():
    assert told([an_entry(1, management=None)]) == [("management-ground-missing", "task", "/entries/0/management/basis")]
    assert told([an_entry(1, management={"managed": False})]) == []


@pytest.mark.parametrize(
    ("step", "handed_in", "version", "expected"),
    [
        ("submit", True, 0, [("call-closed", "error", ""), ("plan-late", "warning", "")]),
        ("adopt", True, 0, [("call-closed", "error", ""), ("plan-late", "warning", "")]),
        ("adopt", False, 0, [("call-closed", "warning", ""), ("plan-late", "warning", "")]),
        ("save", True, 0, [("call-closed", "warning", ""), ("plan-late", "warning", "")]),
        ("submit", True, 1, []),
    ],
)
def test_a_closed_call_refuses_what_is_handed_in_first_and_not_revisions(step, handed_in, version, expected):
    others = Others(handed_in=handed_in, version=version)
    assert told([an_entry(1)], step=step, others=others, call=CALL) == expected


def test_a_finding_about_a_call_names_the_call_and_its_address():
    found = rules.plan_findings({"entries": [an_entry(1)]}, terms(call=CALL), TODAY, Others(handed_in=True), step="submit")
    assert found[0].source == "第 1 回公募 /calls/call1-00000"


def test_a_project_that_is_over_is_a_warning():
    assert told([an_entry(1)], ends_on=date(2026, 11, 30)) == [("project-over", "warning", "")]


def test_the_next_review_is_a_day_to_come():
    for value, rule in (("soon", "day-unreadable"), ("2026-11-01", "review-day-passed"), ("2027-11-01", None)):
        found = rules.plan_findings({"entries": [an_entry(1)], "next_review_on": value}, terms(), TODAY, Others())
        assert [f.rule for f in found] == ([rule] if rule else [])


def test_more_than_five_thousand_entries_are_refused():
    with pytest.raises(Invalid) as refused:
        documents.shape_entries([{}] * 5001)
    assert refused.value.findings[0].rule == "plan-too-many-entries"
    assert ("plan-too-many-entries", "error", "/entries") in told([{"title": {"ja": "x"}, "management": {"managed": False}}] * 5001)


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"titel": {"ja": "x"}}, "/titel"), ({"title": "x"}, "/title"), ({"contributors": [{"nme": 1}]}, "/contributors/0/nme"),
        ({"costs": [{"value": "much"}]}, "/costs/0/value"), ({"title": {"ja": "\ud800"}}, "/title/ja"), ([], ""), ("x", ""),
        ({"title": {"not a language": "x"}}, "/title/not a language"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_told_with_its_place(document, pointer):
    with pytest.raises(Invalid) as refused:
        documents.shape_head(document)
    assert [f.pointer for f in refused.value.findings] == [pointer]


def test_faults_of_all_entries_are_told_at_once():
    with pytest.raises(Invalid) as refused:
        documents.shape_entries([{"title": "x"}, {}, {"planned": {"size_bytes": "big"}}, "entry"])
    assert [f.pointer for f in refused.value.findings] == ["/entries/0/title", "/entries/2/planned/size_bytes", "/entries/3"]


def test_identifiers_of_entries_are_given_kept_and_never_foreign():
    ids = iter(["new-1", "new-2"])
    assert documents.identified([{"title": {}}, {"id": "old"}], {"old"}, lambda: next(ids)) == [{"id": "new-1", "title": {}}, {"id": "old"}]
    with pytest.raises(Invalid) as foreign:
        documents.identified([{"id": "other"}, {"id": "old"}, {"id": "old"}], {"old"}, lambda: "x")
    assert [f.rule for f in foreign.value.findings] == ["entry-id-foreign", "entry-id-twice"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"planned": {"size_bytes": 5}}, 5), ({"size": {"approximate": "<1GB"}}, 10**9), ({"size": {"approximate": "1-10GB"}}, 10**10),
        ({"size": {"approximate": "10～100 GB"}}, 10**11), ({"size": {"approximate": ">100GB"}}, None), ({"size": {"approximate": "少し"}}, None),
        ({"size": {"approximate": "2 TiB"}}, 2 * 1024**4), ({}, None), ({"planned": {"size_bytes": True}}, None),
    ],
)  # fmt: skip
def test_the_planned_amount_is_the_number_or_the_upper_end_of_the_class(entry, expected):
    assert promises.planned_bytes(entry) == expected


def test_what_two_plans_foresee_for_one_record_is_the_larger_and_within_a_plan_the_sum():
    assert promises.together([("p", 3), ("p", 4), ("q", 5)]) == 7
    assert promises.together([("p", 3), ("q", None)]) is None
    assert promises.together([]) is None


def actor(*keys: str, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(kind="person", id="person:me", keys=frozenset({"public", "person:me", *keys}), scopes=scopes)


FACTS = {"project": "P", "owner": "own", "organisation": "O", "programme": "G"}
ROLES = {
    "owner": actor("person:own", "project:P"), "left": actor("person:own"), "member": actor("project:P"), "pm": actor("project:P", "role:pm@project:P"),
    "curator": actor("role:curator@org:O", "org:O"), "funder": actor("role:funder@programme:G"), "admin": actor("role:admin@site"),
    "stranger": actor("project:Q", "role:pm@project:Q", "role:curator@org:X", "role:funder@programme:H"), "anonymous": ANONYMOUS,
}  # fmt: skip
TABLE = [
    # verb, facts, who may
    ("see", {}, "owner member pm curator admin"),
    ("see", {"version": 1}, "owner member pm curator admin funder"),
    ("see", {"chain": ("pm", "agency"), "draft_state": "submitted"}, "owner member pm curator admin funder"),
    ("see", {"chain": ("pm",), "draft_state": "submitted"}, "owner member pm curator admin"),
    ("see_draft", {"version": 1, "draft_state": "open"}, "owner member pm curator admin"),
    ("see_draft", {"version": 1, "chain": ("agency",), "draft_state": "submitted"}, "owner member pm curator admin funder"),
    ("edit", {"version": 1}, "owner member pm curator admin"),
    ("revise", {"version": 1}, "owner member pm curator admin"),
    ("submit", {"chain": ("pm",)}, "owner pm admin"),
    ("adopt", {}, "owner pm admin"),
    ("adopt", {"chain": ("institution",)}, "admin"),
    ("adopt", {"chain": ("institution",), "draft_state": "submitted"}, "curator admin"),
    ("adopt", {"chain": ("pm", "agency")}, "pm admin"),
    ("adopt", {"chain": ("pm", "agency"), "draft_state": "submitted"}, "pm admin"),
    ("adopt", {"chain": ("pm", "agency"), "draft_state": "submitted", "step": 1}, "funder admin"),
    ("return", {"chain": ("pm", "agency"), "draft_state": "submitted", "step": 1}, "funder admin"),
    ("return", {"chain": ("pm",), "draft_state": "open"}, ""),
]


@pytest.mark.parametrize(("verb", "facts", "allowed"), TABLE)
def test_who_may_do_what(verb, facts, allowed):
    decided = {name for name, one in ROLES.items() if rules.may(one, verb, PlanFacts(**{**FACTS, **facts}))}
    assert decided == set(allowed.split())
    for one in ROLES.values():
        reasons = rules.may(one, verb, PlanFacts(**{**FACTS, **facts})).reasons
        assert reasons and reasons[0].text.one("ja") and reasons[0].text.one("en")


def test_a_token_that_may_only_read_writes_nothing():
    reader = actor("role:pm@project:P", "project:P", scopes=frozenset({"read"}))
    writer = actor("role:pm@project:P", "project:P", scopes=frozenset({"write"}))
    facts = PlanFacts(**FACTS)
    assert [verb for verb in ("see", "edit", "submit", "adopt", "revise") if rules.may(reader, verb, facts)] == ["see"]
    assert [verb for verb in ("see", "edit", "submit", "adopt", "revise") if rules.may(writer, verb, facts)] == ["see", "edit", "submit", "revise"]
    assert rules.may(reader, "edit", facts).reasons[0].code == "scope_missing"
