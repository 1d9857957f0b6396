"""Tokens for programs: shown once, stored as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from izumi.kernel.actors import Actor
from izumi.kernel.days import Instant
from izumi.kernel.errors import NotThere
from izumi.kernel.ids import new_id
from izumi.kernel.work import work
from izumi.people import rules
from izumi.people.actions.checks import fault, refuse, require
from izumi.people.models import Person, Token
from izumi.people.types import NewToken
from izumi.policy.rules import scope_allows
from izumi.policy.types import REASON_TEXTS, WAY_OUT_TEXTS, Reason, TokenScope, Verdict, WayOut

ALL_SCOPES = tuple(str(scope) for scope in TokenScope)
MARK = "izumi_"
LIMIT = 100


def create_token(
    actor: Actor,
    *,
    person: str | None = None,
    name: str = "",
    scopes: Iterable[str] = ALL_SCOPES,
    expires_at: Instant | None = None,
) -> NewToken:
    """Make a token of the person (default: of the actor). The secret is returned once and cannot be read again.

    People make tokens for themselves; the console for anybody; an administrator for nobody else, for a token acts as
    its person. A token makes tokens only with the scope ``admin``.
    """
    owner = person or actor.person
    require(actor, _may_hold(actor, owner))
    wanted = tuple(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in ALL_SCOPES]
    refuse(
        fault("scope-unknown", "/scopes", f"権限は {'、'.join(ALL_SCOPES)} から選んでください。",
              f"Scopes are {', '.join(ALL_SCOPES)}.") if unknown or not wanted else None,
        fault("text-wrong", "/name", "100 文字までにしてください。", "Use at most 100 characters.")
        if len(name) > 100 or not name.isprintable() else None,
        fault("expiry-wrong", "/expires_at", "期限は 2000 年から 9000 年までにしてください。",
              "The end must lie between the years 2000 and 9000.")
        if expires_at and not 2000 <= expires_at.year < 9000 else None,
    )  # fmt: skip
    secret = MARK + secrets.token_urlsafe(32)
    with work(actor, "token.create") as w:
        if not Person.objects.filter(pk=owner, is_active=True).exists():
            raise NotThere("person", str(owner))
        live = Token.objects.filter(person_id=owner, revoked_at__isnull=True).count()
        refuse(fault("tokens-many", "", "トークンが多すぎます。使わないものを取り消してください。",
                     "There are too many tokens. Revoke those not in use.") if live >= LIMIT else None)  # fmt: skip
        row = Token.objects.create(
            id=new_id(), person_id=owner, name=name, digest=hashlib.sha256(secret.encode()).hexdigest(),
            prefix=secret[:10], last_four=secret[-4:], scopes=list(wanted), expires_at=expires_at, recorded_at=w.now,
        )  # fmt: skip
        w.journal("token.created", str(owner), {"token": row.pk, "prefix": row.prefix, "scopes": list(wanted)})
    return NewToken(id=row.pk, secret=secret, prefix=row.prefix)


def revoke_token(actor: Actor, token_id: str) -> None:
    """Make a token useless at once. Its person, administrators and the console may; for others it is not there."""
    row = Token.objects.filter(pk=token_id).first()
    if row is None or not (_may_hold(actor, row.person_id) or rules.may_administer(actor)):
        raise NotThere("token", token_id)
    with work(actor, "token.revoke") as w:
        Token.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=w.now)
        w.journal("token.revoked", row.person_id, {"token": row.pk, "prefix": row.prefix})


def _may_hold(actor: Actor, owner: str | None) -> Verdict:
    if actor.kind in ("console", "system"):
        return Verdict(True)
    if owner is None or actor.person != owner:
        return Verdict(False, (Reason("nobody", REASON_TEXTS["nobody"]),))
    if scope_allows(actor, "administer"):  # an unknown action needs the highest scope
        return Verdict(True)
    words = REASON_TEXTS["scope_missing"].format(scope="admin")
    return Verdict(False, (Reason("scope_missing", words),), (WayOut("widen_token", WAY_OUT_TEXTS["widen_token"]),))
