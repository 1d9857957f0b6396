"""Novelty, patent, contract and export control: an embargo with such a reason never ends by itself."""

from __future__ import annotations

import pytest

from izumi.profiles.rules import stored_access


def embargoed(**members) -> dict:
    return {"access": {"class": "embargoed", "available_on": "2027-04-01", **members}}


@pytest.mark.parametrize("code", ["novelty", "patent", "contract", "export_control"])
@pytest.mark.parametrize("opens", [{}, {"opens": "auto"}])
def test_such_a_reason_is_stored_as_confirm_with_a_warning(code, opens):
    document = embargoed(reasons=[{"code": "other"}, {"code": code}], **opens)
    access, findings = stored_access(document)
    assert access["opens"] == "confirm"
    assert [(f.rule, f.severity, f.pointer) for f in findings] == [("opens-auto-with-reason", "warning", "/access/opens")]
    assert document == embargoed(reasons=[{"code": "other"}, {"code": code}], **opens)


def test_what_already_waits_is_stored_silently():
    access, findings = stored_access(embargoed(opens="confirm", reasons=[{"code": "patent"}]))
    assert (access["opens"], findings) == ("confirm", ())


@pytest.mark.parametrize("code", ["personal_data", "trade_secret", "security", "other"])
def test_other_reasons_leave_the_opening_as_it_is(code):
    access, findings = stored_access(embargoed(reasons=[{"code": code}]))
    assert ("opens" in access, findings) == (False, ())


def test_a_bare_code_counts_and_is_stored_as_an_object():
    access, findings = stored_access(embargoed(reasons=["patent"]))
    assert access == {"class": "embargoed", "available_on": "2027-04-01", "opens": "confirm", "reasons": [{"code": "patent"}]}
    assert "特許" in findings[0].message["ja"]
    assert "patent" in findings[0].message["en"]


def test_without_an_embargo_nothing_opens_and_nothing_is_changed():
    assert stored_access({"access": {"class": "closed", "reasons": [{"code": "patent"}]}}) == (
        {"class": "closed", "reasons": [{"code": "patent"}]},
        (),
    )
    assert stored_access({}) == ({}, ())
    assert stored_access({"access": "open"}) == ({}, ())
