"""Which format an ``Accept`` header asks for, and what one document has that another lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from izumi.formats.languages import shortest as shortest
from izumi.formats.languages import three_letters as three_letters
from izumi.kernel.contracts import Loss
from izumi.kernel.text import both

_PARAMETER = re.compile(r'\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,\s]*)\s*')


@dataclass(frozen=True, slots=True)
class Wanted:
    """One entry of an ``Accept`` header."""

    media_type: str
    quality: float
    position: int
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A media type, with its profile if it has one, that a named format can be served as."""

    name: str
    media_type: str
    profile: str = ""


def accepted(header: str) -> tuple[Wanted, ...]:
    """The entries of an ``Accept`` header, best first; broken ones are ignored. Source: rfc-9110 §12.5.1."""
    found = []
    for position, entry in enumerate(_split(header, ",")):
        head, *rest = _split(entry, ";")
        media_type = head.strip().lower()
        if not re.fullmatch(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+", media_type):
            continue
        parameters = _parameters(rest)
        quality = _quality(parameters.pop("q", "1"))
        if quality is not None:
            found.append(Wanted(media_type, quality, position, parameters))
    return tuple(sorted(found, key=lambda w: (-w.quality, -_specific(w), w.position)))


def _split(text: str, mark: str) -> list[str]:
    """Parts of a header value; marks inside quotes do not part."""
    return re.findall(rf'(?:[^"{mark}]|"(?:[^"\\]|\\.)*")+', text)


def _parameters(parts: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in parts:
        match = _PARAMETER.fullmatch(text)
        if match:
            found[match.group(1).lower()] = re.sub(r"\\(.)", r"\1", match.group(2).strip('"'))
    return found


def _quality(text: str) -> float | None:
    return float(text) if re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", text) else None


def _specific(wanted: Wanted) -> int:
    if wanted.media_type == "*/*":
        return 0
    return 1 if wanted.media_type.endswith("/*") else 2 + len(wanted.parameters)


def best_offer(header: str, offers: Sequence[Offer]) -> str | None:
    """The name of the offer that the reader likes best; None when none is acceptable.

    An offer with a profile is chosen only by that profile; one without also answers a request for an unknown profile
    only when nothing else fits. Earlier offers win ties. An empty header accepts everything.
    """
    wishes = accepted(header)
    if not wishes:
        return offers[0].name if offers and not header.strip() else None
    refused = {w.media_type for w in wishes if w.quality == 0 and not w.parameters}
    for wish in wishes:
        if wish.quality == 0:
            continue
        for offer in offers:
            if offer.media_type not in refused and _fits(wish, offer):
                return offer.name
    return None


def _fits(wish: Wanted, offer: Offer) -> bool:
    if wish.media_type == "*/*":
        return not offer.profile
    if wish.media_type.endswith("/*"):
        return not offer.profile and offer.media_type.startswith(wish.media_type[:-1])
    return wish.media_type == offer.media_type and _profile_fits(wish.parameters.get("profile", ""), offer.profile)


def _profile_fits(asked: str, offered: str) -> bool:
    names = {name.rstrip("/") for name in asked.split()}
    return offered.rstrip("/") in names if names else not offered


def difference(original: object, other: object, pointer: str = "") -> tuple[Loss, ...]:
    """What ``original`` has and ``other`` has not, as losses; whole missing members are told once.

    Used to measure, not to assert, what a format loses: the written bytes are read again and compared.
    """
    if _same(original, other):
        return ()
    if isinstance(original, dict) and isinstance(other, dict):
        return tuple(
            loss
            for key, value in original.items()
            for loss in (difference(value, other[key], f"{pointer}/{_escape(key)}") if key in other
                         else _lost(value, f"{pointer}/{_escape(key)}"))
        )
    if isinstance(original, list) and isinstance(other, list):
        return tuple(
            loss
            for n, value in enumerate(original)
            for loss in (difference(value, other[n], f"{pointer}/{n}") if n < len(other) else _lost(value, f"{pointer}/{n}"))
        )
    return _lost(original, pointer)


KEPT_BY_THE_SYSTEM = ("/size/bytes", "/size/files")


def measured(document: Mapping[str, object], read_again: Mapping[str, object]) -> tuple[Loss, ...]:
    """The losses of a written document; what the system counts anew by itself is not one."""
    found = difference(dict(document), dict(read_again))
    return tuple(
        loss for loss in found if loss.pointer not in KEPT_BY_THE_SYSTEM and not (loss.pointer == "/size" and not _said(loss.value))
    )


def _said(size: object) -> bool:
    return isinstance(size, dict) and bool(size.get("approximate"))


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return one == other


def _lost(value: object, pointer: str) -> tuple[Loss, ...]:
    if value in (None, "", [], {}):
        return ()
    return (lost(pointer, value),)


def _escape(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def lost(pointer: str, value: object = None) -> Loss:
    """A loss of this member of the document, in plain words."""
    return Loss(
        pointer=pointer,
        message=both(f"{pointer} はこの形式では表せません。", f"{pointer} cannot be expressed in this format."),
        value=value,
    )


def absent(document: Mapping[str, object], carried: Iterable[str]) -> tuple[Loss, ...]:
    """Losses for every top-level member of the document that is not among those which the format carries."""
    kept = set(carried)
    return tuple(loss for key, value in document.items() if key not in kept for loss in _lost(value, "/" + _escape(key)))
