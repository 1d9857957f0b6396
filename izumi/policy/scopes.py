"""What a token may be limited to, and what is left of an actor's keys under it."""

from __future__ import annotations

from collections.abc import Mapping

from izumi.kernel.actors import Actor
from izumi.policy.types import TokenScope

_INCLUDES: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "publish": frozenset({"read", "write", "publish"}),
    "admin": frozenset({"read", "write", "publish", "admin"}),
}

_NEEDS: Mapping[str, TokenScope] = {
    "see": TokenScope.READ,
    "read": TokenScope.READ,
    "create": TokenScope.WRITE,
    "edit": TokenScope.WRITE,
    "submit": TokenScope.WRITE,
    "review": TokenScope.PUBLISH,
    "publish": TokenScope.PUBLISH,
    "withdraw": TokenScope.PUBLISH,
    "manage": TokenScope.PUBLISH,
}

_SITE_ROLES = frozenset({"role:admin@site", "role:operator@site"})


def scope_needed(action: str) -> TokenScope:
    """The token scope that an action asks for; an unknown action asks for the highest."""
    return _NEEDS.get(action, TokenScope.ADMIN)


def scope_allows(actor: Actor, action: str) -> bool:
    """Whether the actor's token lets it use its own rights for this action (a session always does)."""
    return actor.scopes is None or scope_needed(action) in _expanded(actor.scopes)


def effective_keys(actor: Actor, action: str) -> frozenset[str]:
    """The audience keys that count for this action: a token without the scope is as good as nobody, never worse.

    The site roles (administrator, operator) count only in a token with the scope ``admin``.
    """
    if not scope_allows(actor, action):
        return frozenset({"public"})
    keys = actor.keys | {"public"}
    if actor.scopes is not None and "admin" not in _expanded(actor.scopes):
        return keys - _SITE_ROLES
    return keys


def _expanded(scopes: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(_INCLUDES.get(str(scope), frozenset()) for scope in scopes))
