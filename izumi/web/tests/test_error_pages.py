"""The face of every error for people: what happened, why, what now – in both languages."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils.html import escape

from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.errors import Invalid, IzumiError, NotThere, Refused, SignInNeeded, catalogue
from izumi.kernel.findings import Finding
from izumi.kernel.text import both
from izumi.policy.types import Reason, Verdict, WayOut
from izumi.web.error_pages import page


def shown(error: IzumiError, lang: str = "ja", actor: Actor = ANONYMOUS, reference: str = "", path: str = "/records/x") -> tuple[int, str]:
    request = RequestFactory().get(path)
    request.lang, request.actor, request.person = lang, actor, None
    answer = page(request, error, reference)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("code", sorted(catalogue()))
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_code_has_a_page(code, lang):
    status, html = shown(IzumiError(code), lang)
    assert status == (catalogue()[code].status or 500)
    assert str(escape(IzumiError(code).wording.title.one(lang))) in html
    assert f'<html lang="{lang}">' in html


def test_the_reference_is_shown_to_be_quoted():
    assert "E-7F31AB" in shown(IzumiError(), reference="E-7F31AB")[1]


def test_reasons_and_ways_out_of_a_refusal_are_told_once_each():
    verdict = Verdict(
        allowed=False,
        reasons=(Reason("class_closed", both("公開されていません。", "Closed.")), Reason("class_closed", both("公開されていません。", "Closed."))),
        ways_out=(WayOut("ask_owner", both("連絡先に問い合わせてください。", "Ask the contact.")),),
    )
    html = shown(Refused(verdict))[1]
    assert html.count("公開されていません。") == 1 and "連絡先に問い合わせてください。" in html


def test_findings_say_what_to_correct_and_where():
    found = Finding(rule="r", severity="error", pointer="/title", message=both("名称がありません。", "No title."), fix=both("書いてください。", "Write one."))
    html = shown(Invalid(found))[1]
    assert "名称がありません。" in html and "書いてください。" in html and "/title" in html


def test_signing_in_is_offered_where_it_may_help_and_comes_back_here():
    html = shown(SignInNeeded(), path="/records/abc?x=1")[1]
    assert "/login?next=/records/abc%3Fx%3D1" in html
    assert ">ログインする<" in shown(NotThere("record"))[1]
    somebody = Actor(kind="person", id="person:x", keys=frozenset({"public"}))
    assert ">ログインする<" not in shown(NotThere("record"), actor=somebody)[1]


def test_what_was_asked_for_is_never_repeated():
    assert "secret" not in shown(NotThere("record", "secret"), path="/")[1]
