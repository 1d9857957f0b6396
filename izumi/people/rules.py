"""Pure decisions about people: folding of numbers and names, checks, audience keys, who may administer what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from izumi.kernel.actors import Actor
from izumi.kernel.text import both
from izumi.people.types import ROLE_SCOPES
from izumi.policy.rules import effective_keys
from izumi.policy.types import REASON_TEXTS, WAY_OUT_TEXTS, Reason, Verdict, WayOut

MEMBERSHIP = frozenset({"researcher", "member", "pm", "curator", "company"})
"""Roles by which somebody belongs to the organisation, project or group (funders do not belong to what they fund)."""

_HYPHENS = re.compile(r"[\s\-‐‑‒–—―−ー－_./]+")
_ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[0-9a-hjkmnp-tv-z]{6}[0-9]{2})")
_ADDRESS = re.compile(r"kakenhi-[a-z]+-([0-9a-z]+)|10\.52926/([0-9a-z\-]+)")
_GRANT_NUMBER = re.compile(r"JP[A-Z0-9]{2,13}")
_KAKENHI_NUMBER = re.compile(r"\d{2}[A-Z]{1,2}\d{4,5}|\d{8}")
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def folded(text: str) -> str:
    """NFKC and case folding: the form in which names and user names are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\x00", " ").split())


def name_key(name: Mapping[str, str]) -> str:
    """All languages of a name or title, folded, for finding."""
    return " ".join(folded(value) for value in name.values() if isinstance(value, str))[:400]


def number_key(value: str) -> str:
    """The form in which numbers are compared: NFKC, case folded, without hyphens, spaces and a leading ``JP``.

    ``JP22K12345``, ``22k12345``, ``ＪＰ２２Ｋ１２３４５`` and ``22-K-12345`` are the same number, and so are the address of its
    page in KAKEN and a JST grant's DOI (``10.52926/JPMJ…``); what is stored and printed stays as issued.
    Source: product.md §5, P7; japan-grant-number.
    """
    plain = unicodedata.normalize("NFKC", value).casefold().strip()
    address = _ADDRESS.search(plain)
    key = _HYPHENS.sub("", address[1] or address[2] if address else plain)
    return key[2:] if key.startswith("jp") and len(key) > 4 else key


def number_form_fault(scheme: str, value: str) -> str | None:
    """Why a number does not look like one of its scheme: ``JGN`` or ``KAKENHI``; others are not judged.

    Only ever a warning: issuers change their forms. Source: japan-grant-number.
    """
    plain = unicodedata.normalize("NFKC", value).upper().strip()
    if scheme == "JGN" and not _GRANT_NUMBER.fullmatch(plain):
        return "JGN"
    if scheme == "KAKENHI" and not _KAKENHI_NUMBER.fullmatch(plain.removeprefix("JP")):
        return "KAKENHI"
    return None


def researcher_number(text: str) -> str:
    """An e-Rad researcher number as eight digits, or an empty string. A spreadsheet may have lost leading zeros."""
    digits = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    return digits.zfill(8) if digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 8 else ""


def researcher_number_checks(number: str) -> bool:
    """Whether the first digit of an e-Rad researcher number is the check digit of the seven others. Source: nii-dg-rules."""
    if len(number) != 8 or not number.isascii() or not number.isdigit():
        return False
    return sum(int(digit) * (1 + n % 2) for n, digit in enumerate(number[1:])) % 10 == int(number[0])


def ror_address(text: str) -> str | None:
    """The full form ``https://ror.org/0…`` of a ROR identifier, ``None`` when it is not one."""
    found = _ROR.fullmatch(text.strip().casefold())
    return f"https://ror.org/{found[1]}" if found else None


def ror_checks(text: str) -> bool:
    """Whether the two check digits of a ROR identifier are right (ISO/IEC 7064, MOD 97-10 over base 32)."""
    address = ror_address(text)
    if address is None:
        return False
    code = address.rsplit("/", 1)[1]
    number = 0
    for letter in code[:7]:
        number = number * 32 + _BASE32.index(letter)
    return 98 - (number * 100) % 97 == int(code[7:])


@dataclass(frozen=True, slots=True)
class Place:
    """A role of somebody, reduced to what decides: role, scope, and the programme of a project."""

    role: str
    scope_kind: str
    scope_id: str = ""
    programme: str | None = None


def audience_keys(
    person: str, places: Iterable[Place], above: Mapping[str, frozenset[str]], below: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The audience keys of a person, expanded.

    ``above`` and ``below`` give for an organisation the ones it belongs to and the ones that belong to it, itself
    included: a member of a department is a member of its university, a curator of the university curates its
    departments, a member of a project takes part in its programme.
    """
    keys = {"public", f"person:{person}"}
    for place in places:
        keys |= _keys(place, above, below)
    return frozenset(keys)


def _keys(place: Place, above: Mapping[str, frozenset[str]], below: Mapping[str, frozenset[str]]) -> set[str]:
    if place.scope_kind not in ROLE_SCOPES.get(place.role, frozenset()):
        return set()
    if place.scope_kind == "site":
        return {f"role:{place.role}@site"}
    itself = frozenset({place.scope_id})
    scopes = below.get(place.scope_id, itself) if place.role == "curator" else itself
    keys = {f"role:{place.role}@{place.scope_kind}:{scope}" for scope in scopes}
    if place.role in MEMBERSHIP:
        joined = above.get(place.scope_id, itself) if place.scope_kind == "org" else itself
        keys |= {f"{place.scope_kind}:{scope}" for scope in joined}
        if place.programme:
            keys.add(f"programme:{place.programme}")
    return keys


# --- who may administer ----------------------------------------------------------------------------------------------

_SITE = frozenset({"console", "system", "role:admin@site"})
_IN_CHARGE = both("この範囲の責任者です。", "You are in charge of this.")


def may_administer(actor: Actor, *further: str) -> Verdict:
    """Whether the actor may register people and organisations: an administrator, the console, or a ``further`` key.

    A token needs the scope ``admin`` for the rights of an administrator, ``publish`` for those of a further key.
    """
    wanted = _SITE | set(further)
    found = effective_keys(actor, "manage") & wanted
    if found:
        code = "admin" if "role:admin@site" in found else "console" if found & _SITE else "in_charge"
        return Verdict(True, (Reason(code, REASON_TEXTS.get(code, _IN_CHARGE), "party:site"),))
    if actor.keys & wanted:
        scope = "admin" if actor.keys & _SITE else "publish"
        words = REASON_TEXTS["scope_missing"].format(scope=scope)
        return Verdict(False, (Reason("scope_missing", words, "token"),), (_way("widen_token"),))
    words = both("人や組織の登録は管理者が行います。", "People and organisations are registered by administrators.")
    ways = (_way("sign_in"),) if actor.is_anonymous else ()
    return Verdict(False, (Reason("admin_only", words, "party:site"),), ways)


def may_load_lists(actor: Actor, *, create_programmes: bool = False) -> Verdict:
    """Whether the actor may load a research office's list at all: the site, and curators (for their own organisations)."""
    curated = [key for key in actor.keys if key.startswith("role:curator@org:")]
    return may_administer(actor, *(() if create_programmes else curated))


def may_assign(actor: Actor, role: str, scope: str) -> Verdict:
    """Whether the actor may give or end this role: administrators any; leaders and curators ordinary membership."""
    if role == "member" or (role == "researcher" and scope.startswith("org:")):
        leader = "curator" if scope.startswith("org:") else "pm"
        return may_administer(actor, f"role:{leader}@{scope}")
    return may_administer(actor)


def _way(code: str) -> WayOut:
    return WayOut(code, WAY_OUT_TEXTS[code])


# --- passwords and names ---------------------------------------------------------------------------------------------

PASSWORD_MIN, PASSWORD_MAX = 10, 200
_OBVIOUS = frozenset({"password", "qwertyuiop", "1234567890", "0123456789", "administrator", "letmein", "izumiizumi"})
_USERNAME = re.compile(r"[\w][\w.@+\-]{0,59}")


def password_fault(password: str, *, username: str = "", email: str = "") -> str | None:
    """What is wrong with a new password: ``short``, ``long``, ``obvious``, or nothing."""
    if len(password) < PASSWORD_MIN:
        return "short"
    if len(password) > PASSWORD_MAX:
        return "long"
    plain = folded(password)
    own = {folded(username), folded(email), folded(email).partition("@")[0]} - {""}
    repeated = len(set(plain)) < 4
    stripped = plain.rstrip("0123456789!")
    return "obvious" if repeated or plain in own or plain in _OBVIOUS or stripped in _OBVIOUS | own else None


def username_is_plain(username: str) -> bool:
    """Whether a (folded) user name has only letters, digits and ``. @ + - _``, at most 60."""
    return _USERNAME.fullmatch(username) is not None


def local_path(target: str | None) -> str | None:
    """The target of ``next`` when it is a path of this site, else nothing (no open redirect).

    Refused: other schemes and hosts, ``//host``, backslashes, control characters, and the sign-in pages themselves.
    """
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in target):
        return None
    path = target.split("?", 1)[0].removeprefix("/en")
    return None if path in ("/login", "/logout") or path.startswith("//") else target
