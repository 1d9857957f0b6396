"""Arguments of an OAI-PMH request → a sound request, or the protocol's error. Pure.

Source: oai-pmh-2.0 §3 (protocol features) and §4 (requests and responses).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from izumi.kernel.days import Instant

EXCLUSIVE = "resumptionToken"
_LIST = (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), True)

VERBS: Mapping[str, tuple[frozenset[str], frozenset[str], bool]] = {
    "Identify": (frozenset(), frozenset(), False),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"}), False),
    "ListSets": (frozenset(), frozenset(), True),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset(), False),
}
"""What each verb needs, what it may have, and whether its list may be continued."""

_WORD = r"[A-Za-z0-9\-_.!~*'()]+"
_FORMS = {
    "metadataPrefix": re.compile(_WORD),
    "set": re.compile(f"{_WORD}(:{_WORD})*"),
    # A URI by RFC 3986, so that it may be repeated in the answer.
    "identifier": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
LONGEST = 2000


class ProtocolError(Exception):
    """An error of the protocol: a code of its list, and words for whoever runs the harvester."""

    def __init__(self, code: str, en: str, ja: str) -> None:
        super().__init__(code)
        self.code, self.en, self.ja = code, en, ja


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that follows the protocol; ``given`` is what may be repeated in the answer."""

    verb: str
    given: Mapping[str, str] = field(default_factory=dict)
    since: Instant | None = None
    until: Instant | None = None

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")


def parse(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The request that these arguments make. Raises `ProtocolError` (``badVerb``, ``badArgument``)."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    verb = _verb(given.pop("verb", []))
    single = {name: _once(name, values) for name, values in given.items()}
    _fits(verb, single)
    for name, form in _FORMS.items():
        if name in single and (len(single[name]) > LONGEST or not form.fullmatch(single[name])):
            raise bad_argument(f"The value of {name} is not written as the protocol asks.", f"{name} の値の書き方が正しくありません。")
    since, until = _span(single.get("from"), single.get("until"))
    return Asked(verb=verb, given={"verb": verb, **single}, since=since, until=until)


def bad_argument(en: str, ja: str) -> ProtocolError:
    """``badArgument``."""
    return ProtocolError("badArgument", en, ja)


def _verb(values: list[str]) -> str:
    if len(values) != 1 or values[0] not in VERBS:
        known = ", ".join(VERBS)
        raise ProtocolError(
            "badVerb", f"Give the argument verb exactly once, with one of: {known}.",
            f"引数 verb を 1 回だけ、次のどれかで指定してください: {known}",
        )  # fmt: skip
    return values[0]


def _once(name: str, values: list[str]) -> str:
    if len(values) != 1:
        raise bad_argument("An argument was given more than once.", "同じ引数が 2 回以上あります。")
    return values[0]


def _fits(verb: str, given: Mapping[str, str]) -> None:
    needed, optional, continues = VERBS[verb]
    if continues and EXCLUSIVE in given:
        if len(given) > 1:
            raise bad_argument(
                "resumptionToken stands alone beside verb.", "resumptionToken は verb のほかの引数と一緒に使えません。"
            )
        return
    if set(given) - needed - optional:
        allowed = ", ".join(sorted(needed | optional)) or "-"
        raise bad_argument(
            f"{verb} does not know one of the arguments; it takes: {allowed}.",
            f"{verb} で使えない引数があります。使える引数: {allowed}",
        )
    if missing := sorted(needed - set(given)):
        raise bad_argument(f"{verb} needs: {', '.join(missing)}.", f"{verb} には次の引数が必要です: {', '.join(missing)}")


def _span(since: str | None, until: str | None) -> tuple[Instant | None, Instant | None]:
    """The bounds, both inclusive; a bound that is a day means the whole day, in UTC as the protocol counts."""
    if since and until and len(since) != len(until):
        raise bad_argument("from and until differ in granularity.", "from と until の細かさ（日・秒）をそろえてください。")
    first = _moment("from", since) if since is not None else None
    last = _moment("until", until) if until is not None else None
    if last is not None and until is not None and len(until) == 10:
        last += timedelta(hours=23, minutes=59, seconds=59)
    if first is not None and last is not None and first > last:
        raise bad_argument("from is later than until.", "from が until より後です。")
    return first, last


def _moment(name: str, text: str) -> Instant:
    try:
        if _DAY.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        if _SECOND.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise bad_argument(
        f"{name} is no date of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.",
        f"{name} は YYYY-MM-DD か YYYY-MM-DDThh:mm:ssZ の形の、実在する日時にしてください。",
    )
