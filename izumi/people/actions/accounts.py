"""Signing in, passwords, invitations, profile and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Q

from izumi.kernel import clock
from izumi.kernel.actors import ANONYMOUS, Actor
from izumi.kernel.errors import Conflict, Gone, Invalid, NotThere, Refused
from izumi.kernel.work import Work, work
from izumi.people import rules
from izumi.people.actions.checks import fault, password_fault, refuse, require, text_fault
from izumi.people.actions.register import queue_invitation
from izumi.people.limits import Attempt
from izumi.people.models import OneTimeLink, Person, Token
from izumi.people.queries import session_stamp
from izumi.people.types import SignedIn
from izumi.policy.rules import scope_allows
from izumi.policy.types import REASON_TEXTS, Reason, Verdict

NO_ACCOUNT = "!"
"""An unusable password: checking against it takes as long as against a real one."""


def sign_in(account: str, password: str, *, address: str) -> SignedIn:
    """Prove who one is, by user name or e-mail and password. Every attempt is counted by account and by address.

    Raises ``Invalid("session.wrong")``, the same whether or not the account exists, and ``TooMuch`` beyond the limits,
    where even the right password is refused.
    """
    person = _active(account)
    attempt = Attempt.of(person.pk if person else account, address)
    attempt.require_sign_in()
    right = check_password(password[: rules.PASSWORD_MAX + 1], person.password if person else NO_ACCOUNT)
    found = person if right else None
    actor = Actor(kind="person", id=f"person:{found.pk}") if found else ANONYMOUS
    with work(actor, "person.sign_in") as w:
        attempt.require_sign_in()  # again under the write lock: many at once do not get around the limit
        attempt.record(succeeded=found is not None)
        w.journal("person.signed_in" if found else "person.sign_in_failed", person.pk if person else "unknown")
        if found:
            Person.objects.filter(pk=found.pk).update(last_login=clock.machine_now())
    if found is None:
        raise Invalid((), "session.wrong")
    return SignedIn(person=found.pk, stamp=session_stamp(found), language=found.language)


def _active(account: str) -> Person | None:
    name = rules.folded(account)
    if not name or len(name) > 254 or "\x00" in name:
        return None
    matching = Q(username=name) | Q(email__iexact=name) if "@" in name else Q(username=name)
    return Person.objects.filter(matching, is_active=True).order_by("pk").first()


def invite(actor: Actor, person_id: str) -> None:
    """Send the person a link with which to choose a password (again). Needs an e-mail address."""
    row = Person.objects.filter(pk=person_id, is_active=True).first()
    further = (f"role:curator@org:{row.organisation_id}",) if row and row.organisation_id else ()
    require(actor, rules.may_administer(actor, *further))
    if row is None:
        raise NotThere("person", person_id)
    refuse(None if row.email else fault("email-missing", "/email", "メールアドレスが必要です。", "An e-mail address is needed."))
    with work(actor, "person.invite") as w:
        w.journal("person.invited", person_id)
        queue_invitation(w, person_id)


def ask_password_reset(account: str, *, address: str) -> None:
    """Have a link sent by mail, if there is such an account with an address; the answer is always the same.

    Raises ``TooMuch`` when the network address asks too often.
    """
    person = _active(account)
    attempt = Attempt.of(person.pk if person else account, address)
    wanted = attempt.may_have_link()
    with work(ANONYMOUS, "person.reset") as w:
        attempt.record(purpose="link")
        w.journal("person.reset_asked", person.pk if person else "unknown")
        if wanted:
            known = person.pk if person and person.email else ""
            w.later("people.link_mail", {"person": known, "purpose": "reset"}, dedup=f"reset:{known}")


def accept_invitation(secret: str, password: str) -> str:
    """Choose a password with the link of an invitation; the link is used up. Returns the person."""
    return _by_link(secret, "invitation", password)


def reset_password(secret: str, password: str) -> str:
    """Choose a new password with the link of a reset; the link is used up, all sessions end. Returns the person."""
    return _by_link(secret, "reset", password)


def _by_link(secret: str, purpose: str, password: str) -> str:
    row = usable_link(secret, purpose)
    refuse(password_fault(password, username=row.person.username, email=row.person.email))
    hashed = make_password(password)
    actor = Actor(kind="person", id=f"person:{row.person_id}")
    with work(actor, "person.password") as w:
        used = OneTimeLink.objects.filter(pk=row.pk, used_at__isnull=True, expires_at__gt=clock.machine_now())
        if not used.update(used_at=clock.machine_now()):
            raise Gone("session.link_used")
        _set(w, row.person_id, hashed, by=purpose)
    return row.person_id


def usable_link(secret: str, purpose: str) -> OneTimeLink:
    """The row of a link that can still be used; raises ``Gone`` – also for one that never was. Cost: 1 statement."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
    row = (
        OneTimeLink.objects.filter(digest=digest, purpose=purpose, used_at__isnull=True, person__is_active=True)
        .filter(expires_at__gt=clock.machine_now())
        .select_related("person")
        .first()
    )
    if row is None:
        raise Gone("session.link_used")
    return row


def _set(w: Work, person_id: str, hashed: str, *, by: str) -> None:
    """Step: change the password; open links of the person are used up, sessions end with the old password."""
    Person.objects.filter(pk=person_id).update(password=hashed)
    OneTimeLink.objects.filter(person_id=person_id, used_at__isnull=True).update(used_at=clock.machine_now())
    w.journal("person.password_set", person_id, {"by": by})


def set_password(actor: Actor, person_id: str, password: str, *, current: str | None = None) -> SignedIn:
    """Change a password: people their own by giving the current one; the console anybody's.

    All other sessions end; the returned stamp keeps the present one. Raises ``Invalid("session.wrong")``.
    """
    row = Person.objects.filter(pk=person_id).first()
    if row is None or (actor.person != person_id and actor.kind not in ("console", "system")) or actor.token:
        raise Refused(Verdict(False, (Reason("nobody", REASON_TEXTS["nobody"]),)))
    if actor.person == person_id:
        attempt = Attempt.of(person_id, f"person:{person_id}")
        attempt.require_sign_in()
        if not check_password((current or "")[: rules.PASSWORD_MAX + 1], row.password):
            with work(actor, "person.sign_in") as w:
                attempt.record()
                w.journal("person.sign_in_failed", person_id)
            raise Invalid((), "session.wrong")
    refuse(password_fault(password, username=row.username, email=row.email))
    hashed = make_password(password)
    with work(actor, "person.password") as w:
        _set(w, person_id, hashed, by="person" if actor.person else actor.kind)
    row.password = hashed
    return SignedIn(person=row.pk, stamp=session_stamp(row), language=row.language)


def update_profile(actor: Actor, person_id: str, *, name: Mapping[str, str] | None = None, language: str | None = None) -> None:
    """Change one's own name or language; administrators anybody's. Nothing else of a person is changed here."""
    if actor.person != person_id or not scope_allows(actor, "edit"):
        require(actor, rules.may_administer(actor))
    refuse(
        text_fault(name, "/name", limit=200) if name is not None else None,
        fault("language-unknown", "/language", "ja か en にしてください。", "Use ja or en.")
        if language not in (None, "ja", "en") else None,
    )  # fmt: skip
    changes: dict[str, Any] = {"name": dict(name), "name_key": rules.name_key(name)} if name is not None else {}
    if language is not None:
        changes["language"] = language
    if not changes:
        return
    with work(actor, "person.update") as w:
        if not Person.objects.filter(pk=person_id).update(**changes):
            raise NotThere("person", person_id)
        w.journal("person.updated", person_id, changes)


def end_sessions(actor: Actor, person_id: str) -> SignedIn:
    """End all sessions of a person; the returned stamp lets the present one go on."""
    if actor.person != person_id or not scope_allows(actor, "administer"):
        require(actor, rules.may_administer(actor))
    with work(actor, "person.end_sessions") as w:
        if not Person.objects.filter(pk=person_id).update(session_epoch=F("session_epoch") + 1):
            raise NotThere("person", person_id)
        w.journal("person.sessions_ended", person_id)
    row = Person.objects.get(pk=person_id)
    return SignedIn(person=row.pk, stamp=session_stamp(row), language=row.language)


def deactivate(actor: Actor, person_id: str) -> None:
    """Close an account: no sign-in, no session, no token. The person stays in history, so no data is lost."""
    require(actor, rules.may_administer(actor))
    if actor.person == person_id:
        raise Conflict("person.own_account")
    with work(actor, "person.deactivate") as w:
        if not Person.objects.filter(pk=person_id).update(is_active=False, session_epoch=F("session_epoch") + 1):
            raise NotThere("person", person_id)
        Token.objects.filter(person_id=person_id, revoked_at__isnull=True).update(revoked_at=w.now)
        w.journal("person.deactivated", person_id)
