from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izumi.kernel.actors import ANONYMOUS, Actor, console
from izumi.kernel.text import Text
from izumi.people.rules import (
    Place,
    audience_keys,
    folded,
    local_path,
    may_administer,
    may_assign,
    number_key,
    password_fault,
    ror_address,
    ror_checks,
    username_is_plain,
)
from izumi.people.types import Number, ProjectCard


@pytest.mark.parametrize("written", ["JP22K12345", "22K12345", "ＪＰ２２Ｋ１２３４５", "jp22k12345", "22-K-12345", " 22 K 12345 ", "JP 22K12345", "22Ｋ‐12345"])
def test_a_number_is_found_in_any_form(written):
    assert number_key(written) == "22k12345"


@pytest.mark.parametrize(("written", "key"), [("JP", "jp"), ("JPX", "jpx"), ("JPMJMS2011", "mjms2011"), ("", ""), ("---", "")])
def test_short_numbers_keep_their_letters(written, key):
    assert number_key(written) == key


@given(st.text(max_size=30))
def test_folding_a_number_twice_changes_nothing_but_a_second_prefix(written):
    key = number_key(written)
    assert number_key(f" {written} ") == key


@pytest.mark.parametrize(("text", "address", "checks"), [
    ("https://ror.org/057zh3y96", "https://ror.org/057zh3y96", True),
    ("057zh3y96", "https://ror.org/057zh3y96", True),
    ("ROR.ORG/057ZH3Y96", "https://ror.org/057zh3y96", True),
    ("https://ror.org/02kpeqv85", "https://ror.org/02kpeqv85", True),
    ("https://ror.org/057zh3y97", "https://ror.org/057zh3y97", False),
    ("https://ror.org/057zh3y9", None, False),
    ("https://ror.org/157zh3y96", None, False),
    ("https://example.org/057zh3y96", None, False),
    ("https://ror.org/0l7zh3y96", None, False),
])  # fmt: skip
def test_a_ror_identifier_has_a_form_and_check_digits(text, address, checks):
    assert ror_address(text) == address
    assert ror_checks(text) is checks


def test_keys_are_expanded_on_the_side_of_the_person():
    above = {"dep": frozenset({"dep", "uni"}), "uni": frozenset({"uni"})}
    below = {"uni": frozenset({"uni", "dep", "lab"})}
    places = [
        Place("researcher", "org", "dep"), Place("curator", "org", "uni"), Place("member", "project", "prj", "prg"),
        Place("pm", "project", "led"), Place("funder", "programme", "mst"), Place("admin", "site"),
        Place("member", "group", "grp"), Place("admin", "org", "uni"), Place("nonsense", "site"),
    ]  # fmt: skip
    assert audience_keys("me", places, above, below) == frozenset({
        "public", "person:me", "org:dep", "org:uni", "role:researcher@org:dep",
        "role:curator@org:uni", "role:curator@org:dep", "role:curator@org:lab",
        "project:prj", "role:member@project:prj", "programme:prg", "project:led", "role:pm@project:led",
        "role:funder@programme:mst", "role:admin@site", "group:grp", "role:member@group:grp",
    })  # fmt: skip


def test_a_curator_of_a_department_does_not_curate_the_university():
    above, below = {"dep": frozenset({"dep", "uni"})}, {"dep": frozenset({"dep"})}
    keys = audience_keys("me", [Place("curator", "org", "dep")], above, below)
    assert "role:curator@org:uni" not in keys
    assert "role:curator@org:dep" in keys


def a_person(*keys: str, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(kind="person", id="person:x", keys=frozenset({"public", "person:x", *keys}), scopes=scopes)


@pytest.mark.parametrize(("actor", "allowed"), [
    (console(), True), (a_person("role:admin@site"), True), (a_person("role:operator@site"), False),
    (a_person("role:curator@org:o"), False), (a_person(), False), (ANONYMOUS, False),
    (a_person("role:admin@site", scopes=frozenset({"admin"})), True),
    (a_person("role:admin@site", scopes=frozenset({"publish"})), False), (a_person("role:admin@site", scopes=frozenset()), False),
])  # fmt: skip
def test_administrators_register_people(actor, allowed):
    assert bool(may_administer(actor)) is allowed


@pytest.mark.parametrize(("role", "scope", "keys", "allowed"), [
    ("member", "project:p", ["role:pm@project:p"], True),
    ("member", "project:p", ["role:pm@project:q"], False),
    ("member", "group:g", ["role:pm@group:g"], True),
    ("member", "org:o", ["role:curator@org:o"], True),
    ("researcher", "org:o", ["role:curator@org:o"], True),
    ("pm", "project:p", ["role:pm@project:p"], False),
    ("curator", "org:o", ["role:curator@org:o"], False),
    ("admin", "site", ["role:operator@site"], False),
    ("admin", "site", ["role:admin@site"], True),
])  # fmt: skip
def test_leaders_take_in_members_and_nobody_raises_themselves(role, scope, keys, allowed):
    assert bool(may_assign(a_person(*keys), role, scope)) is allowed


@pytest.mark.parametrize(("password", "fault"), [
    ("short", "short"), ("x" * 201, "long"), ("aaaaaaaaaaaa", "obvious"), ("password12", "obvious"), ("tanaka.ichiro", "obvious"),
    ("ＴＡＮＡＫＡ.ichiro", "obvious"), ("tanaka.ichiro1", "obvious"), ("izumi-demo", None), ("correct horse battery", None),
    ("合言葉は秘密の泉です!", None),
])  # fmt: skip
def test_a_password_is_long_and_not_obvious(password, fault):
    assert password_fault(password, username="tanaka.ichiro", email="tanaka@example.jp") == fault


@pytest.mark.parametrize(("name", "plain"), [("tanaka", True), ("田中", True), ("a.b@c+d-e_f", True), ("", False), ("a b", False),
                                             ("-a", False), ("a" * 61, False), ("a\x00b", False), ("a/b", False), ("<b>", False)])  # fmt: skip
def test_a_user_name_is_plain(name, plain):
    assert username_is_plain(name) is plain


def test_names_are_folded():
    assert folded("  Ｔａｎａｋａ   ICHIRO ") == "tanaka ichiro"


@pytest.mark.parametrize(("target", "kept"), [
    ("/records/x?y=1", "/records/x?y=1"), ("/en/work", "/en/work"), ("/", "/"), ("/search?q=http://a.b/", "/search?q=http://a.b/"),
    (None, None), ("", None), ("https://evil.example/", None), ("//evil.example/", None), ("/\\evil.example", None),
    ("/\t/evil.example", None), ("/\n/evil.example", None), ("\\\\evil", None), ("javascript:alert(1)", None), ("records", None),
    ("/login", None), ("/en/login?next=/x", None), ("/logout", None), ("/en//evil.example", None), ("/\u202eevil", None),
    ("/" + "a" * 2000, None),
])  # fmt: skip
def test_after_signing_in_one_stays_on_this_site(target, kept):
    assert local_path(target) == kept


def test_the_number_of_a_fiscal_year_is_printed_as_issued():
    card = ProjectCard(id="p", title=Text(), organisation="o", numbers=(
        Number(scheme="AMED", value="JP25wm0625001h0001", until_fiscal_year=2025, from_fiscal_year=2025, current=False),
        Number(scheme="AMED", value="JP26wm0625001h0002", from_fiscal_year=2026),
        Number(scheme="e-Rad", value="26000001"),
    ))  # fmt: skip
    assert card.number("AMED") == "JP26wm0625001h0002"
    assert card.number("AMED", 2025) == "JP25wm0625001h0001"
    assert card.number("AMED", 2024) is None
    assert card.number("JGN") is None


@pytest.mark.parametrize(
    ("numbers", "grant"),
    [
        ((("KAKENHI", "24K00366"),), "JP24K00366"),
        ((("KAKENHI", "JP24K00366"),), "JP24K00366"),
        ((("KAKENHI", "24K00366"), ("JGN", "JP24K00367")), "JP24K00367"),
        ((("e-Rad", "99999901"),), ""),
    ],
)
def test_a_kakenhi_number_has_its_japan_grant_number(numbers, grant):
    from izumi.people.types import Number, ProjectCard

    card = ProjectCard(id="p", title=Text(), organisation="o", numbers=tuple(Number(scheme=s, value=v) for s, v in numbers))
    assert card.grant_number == grant
