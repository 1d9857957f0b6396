"""What the document holds for further profiles (``/profiles/<name>``) and nobody has described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both
from izumi.profiles.pointers import join, split
from izumi.profiles.types import Document, Pack


def unknown_members(document: Document, packs: Mapping[str, Pack]) -> Iterator[Finding]:
    """Warnings for profiles that this site does not have and for members that a profile does not describe.

    Nothing is refused: what another site's profile says is kept.
    """
    used = document.get("profiles")
    if not isinstance(used, Mapping):
        return
    for name, items in used.items():
        if name not in packs:
            yield _warning(
                "profile-unknown",
                ("profiles", name),
                both(
                    f"プロファイル「{name}」はこのサイトにありません。内容はそのまま保存します。",
                    f"This site has no profile “{name}”. Its content is kept as it is.",
                ),
            )
        elif isinstance(items, Mapping):
            yield from _undescribed(name, items, packs[name])


def _undescribed(name: str, items: Mapping[str, object], pack: Pack) -> Iterator[Finding]:
    paths = [split(one.pointer) for one in pack.fields]
    described = {path[2] for path in paths if len(path) > 2 and path[:2] == ("profiles", name)}
    for member in items:
        if member not in described:
            yield _warning(
                "profile-member-unknown",
                ("profiles", name, member),
                both(
                    "このプロファイルにない項目です。内容はそのまま保存します。",
                    "The profile has no such item. Its content is kept as it is.",
                ),
            )


def _warning(rule: str, path: tuple[str, ...], message: Text) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, pointer=join(path), message=message, source="izumi-document")
