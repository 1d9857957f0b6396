"""Registering persons, organisations and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from izumi.kernel.actors import Actor
from izumi.kernel.errors import Conflict
from izumi.kernel.findings import Finding
from izumi.kernel.ids import new_id
from izumi.kernel.work import Work, work
from izumi.people import rules
from izumi.people.actions.checks import fault, known, password_fault, refuse, require, review_fault, text_fault
from izumi.people.models import Group, Organisation, Person, Role
from izumi.people.types import KIND_LABELS


def add_person(
    actor: Actor,
    *,
    username: str,
    name: Mapping[str, str],
    email: str = "",
    organisation: str | None = None,
    password: str | None = None,
    language: str = "ja",
    identifiers: Iterable[Mapping[str, str]] = (),
    send_invitation: bool = False,
) -> str:
    """Register a person; without a password they can sign in only after an invitation or a reset. Returns the id.

    Refuses (403) anyone but administrators, curators of the organisation (who invite, and choose no passwords) and the
    console; ``person.exists`` and ``person.email_taken`` (409) when the account is there already.
    """
    further = (f"role:curator@org:{organisation}",) if organisation else ()
    require(actor, rules.may_administer(actor, *(further if password is None else ())))
    username, email = rules.folded(username), email.strip()
    told = [{"scheme": str(one.get("scheme", "")), "value": str(one.get("value", ""))} for one in identifiers]
    refuse(
        text_fault(name, "/name"),
        _username_fault(username),
        _email_fault(email, needed=send_invitation),
        password_fault(password, username=username, email=email) if password is not None else None,
        known(Organisation, organisation, "/organisation"),
        _language_fault(language),
        _identifiers_fault(told),
    )
    hashed = make_password(password)  # slow on purpose; outside the write lock
    with work(actor, "person.add") as w:
        if Person.objects.filter(username=username).exists():
            raise Conflict("person.exists", username=username)
        if email and Person.objects.filter(email__iexact=email).exists():
            raise Conflict("person.email_taken")
        person = Person.objects.create(
            id=new_id(), username=username, email=email, name=dict(name), name_key=rules.name_key(name),
            organisation_id=organisation, password=hashed, language=language, identifiers=told, recorded_at=w.now,
        )  # fmt: skip
        w.journal("person.added", person.pk, {"username": username, "organisation": organisation})
        if send_invitation:
            queue_invitation(w, person.pk)
    return person.pk


def queue_invitation(w: Work, person_id: str) -> None:
    """Step: have the mail with the link of an invitation sent."""
    w.later("people.link_mail", {"person": person_id, "purpose": "invitation"}, dedup=f"invitation:{person_id}")


def add_organisation(
    actor: Actor,
    *,
    legal_name: Mapping[str, str],
    kind: str,
    ror: str = "",
    parent: str | None = None,
    review: str = "none",
) -> str:
    """Register an organisation, or a department of one (``parent``). Returns the id.

    A ROR identifier must have the right form; wrong check digits are only a warning of ``ror_findings``.
    Refuses (403) anyone but administrators, curators of the parent and the console.
    """
    further = (f"role:curator@org:{parent}",) if parent else ()
    require(actor, rules.may_administer(actor, *further))
    address = rules.ror_address(ror) if ror else ""
    refuse(
        text_fault(legal_name, "/legal_name"),
        None if kind in KIND_LABELS else fault("kind-unknown", "/kind", "種類の値が正しくありません。", "Unknown kind."),
        fault("ror-form", "/ror", "ROR の形ではありません。", "This is not a ROR identifier.") if address is None else None,
        known(Organisation, parent, "/parent"),
        review_fault(review),
    )
    with work(actor, "organisation.add") as w:
        if address and Organisation.objects.filter(ror=address).exists():
            raise Conflict("organisation.ror_taken", ror=address)
        row = Organisation.objects.create(
            id=new_id(), legal_name=dict(legal_name), name_key=rules.name_key(legal_name), kind=kind, ror=address or "",
            parent_id=parent, review=review, recorded_at=w.now,
        )  # fmt: skip
        w.journal("organisation.added", row.pk, {"legal_name": dict(legal_name), "parent": parent, "ror": address})
    return row.pk


def ror_findings(ror: str) -> tuple[Finding, ...]:
    """A warning when the check digits of a ROR identifier are wrong: registered as given, but worth a look."""
    if not ror or rules.ror_checks(ror):
        return ()
    return (
        Finding(
            rule="ror-check", severity="warning", pointer="/ror",
            message=fault("ror-check", "", "ROR の検査数字が合いません。", "The check digits of the ROR are wrong.").message,
        ),
    )  # fmt: skip


def add_group(actor: Actor, *, name: Mapping[str, str], members: Iterable[str] = ()) -> str:
    """Found a group; the founder leads it (role ``pm``) and may add members. Returns the id.

    Anyone with an organisation may. Refuses (401, 403) others.
    """
    belongs = [key for key in actor.keys if key.startswith("role:researcher@")]
    require(actor, rules.may_administer(actor, *belongs))
    people = list(dict.fromkeys(members))
    refuse(text_fault(name, "/name"), *(known(Person, one, f"/members/{n}") for n, one in enumerate(people)))
    with work(actor, "group.add") as w:
        row = Group.objects.create(id=new_id(), name=dict(name), recorded_at=w.now)
        roles = [(one, "member") for one in people if one != actor.person]
        if actor.person:
            roles.append((actor.person, "pm"))
        Role.objects.bulk_create(
            Role(person_id=one, role=role, scope_kind="group", scope_id=row.pk, from_day=w.today, recorded_at=w.now)
            for one, role in roles
        )
        w.journal("group.added", row.pk, {"name": dict(name), "members": people})
    return row.pk


def _username_fault(username: str) -> Finding | None:
    if rules.username_is_plain(username):
        return None
    return fault(
        "username-wrong", "/username", "ユーザー名は 60 文字までの文字、数字、. @ + - _ にしてください。",
        "A user name has at most 60 letters, digits and . @ + - _.",
    )  # fmt: skip


def _email_fault(email: str, *, needed: bool) -> Finding | None:
    try:
        if email or needed:
            validate_email(email)
    except ValidationError:
        return fault("email-wrong", "/email", "メールアドレスの形ではありません。", "This is not an e-mail address.")
    return None


def _language_fault(language: str) -> Finding | None:
    if language in ("ja", "en"):
        return None
    return fault("language-unknown", "/language", "ja か en にしてください。", "Use ja or en.")


def _identifiers_fault(identifiers: list[dict[str, str]]) -> Finding | None:
    if all(text and len(text) <= 120 and text.isprintable() for one in identifiers for text in one.values()):
        return None
    return fault("identifier-wrong", "/identifiers", "識別子には種類と値が必要です。", "An identifier needs scheme and value.")
