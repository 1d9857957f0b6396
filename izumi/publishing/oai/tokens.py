"""Resumption tokens: the query and the place in its list, signed with the site's key.

Nothing is kept on the server, so that a token outlives restarts and may be used again and again while it is valid.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from izumi.kernel import clock
from izumi.kernel.days import Instant
from izumi.publishing.oai.arguments import ProtocolError

VALID = timedelta(days=7)
"""Machine time: a harvester that sleeps over a weekend may go on."""
_SALT = "izumi.publishing.oai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a list goes on: ``behind`` is the last entry that was told, ``told`` how many there were, ``total`` of how many."""

    verb: str
    prefix: str = ""
    since: str = ""
    until: str = ""
    spec: str = ""
    behind: int | str = 0
    told: int = 0
    total: int | None = None


def issue(place: Place) -> tuple[str, Instant]:
    """The token, and until when it is valid."""
    until = (clock.machine_now() + VALID).replace(microsecond=0)
    return _signer().sign_object({**asdict(place), "until_machine": int(until.timestamp())}), until


def read(token: str, verb: str) -> Place:
    """The place in a token of ours for this verb. Raises `ProtocolError` (``badResumptionToken``)."""
    try:
        told = _signer().unsign_object(token)
        expires = datetime.fromtimestamp(told.pop("until_machine"), UTC)
        place = Place(**told)
    except (signing.BadSignature, ValueError, TypeError, KeyError):
        raise _bad("This resumptionToken is none of ours.", "この resumptionToken は使えません。") from None
    if expires < clock.machine_now():
        raise _bad("This resumptionToken has expired.", "この resumptionToken は期限が切れています。")
    if place.verb != verb:
        raise _bad("This resumptionToken belongs to another verb.", "この resumptionToken は別の verb のものです。")
    return place


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT)


def _bad(en: str, ja: str) -> ProtocolError:
    return ProtocolError(
        "badResumptionToken", f"{en} Begin the list again, with from = the datestamp reached.",
        f"{ja}到達した日時を from に指定して、始めからやり直してください。",
    )  # fmt: skip
