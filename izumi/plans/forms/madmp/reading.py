"""A maDMP file as a plan document. Nothing is dropped: what has no place is kept in ``unmapped`` and told as a loss."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from izumi.kernel.contracts import Loss
from izumi.kernel.text import both
from izumi.plans.forms.madmp import extension
from izumi.plans.forms.madmp.dataset import dataset_of, entry_of
from izumi.plans.forms.madmp.keeping import Path, at, focused, kept_of, leaves, line, pointer, same, without
from izumi.plans.forms.madmp.plan import dmp_of, frame_of, grants_of, head_of
from izumi.plans.forms.madmp.shape import checked, faults, parsed
from izumi.plans.forms.madmp.words import Frame, Node
from izumi.plans.forms.types import PlanDocument, Read

GIVEN_BY_THE_SITE = frozenset({"id", "project", "record", "records", "entries", "unmapped"})
"""Members that no file brings."""
DIGEST = "madmp.digest"
"""Format of the one line in ``unmapped`` that tells whether the plan was changed since it was read."""
OUTSIDE = "1/"
"""Members beside ``dmp`` (``$schema``): a relative JSON Pointer, one level up."""
MOST_TOLD = 300
"""Places of one dataset that are looked at for the report; all are kept."""
NOT_TOLD = frozenset({("created",), ("modified",)})
_DMP = re.compile(rb'"dmp"\s*:\s*\{')


@dataclass(frozen=True, slots=True)
class Level:
    """A plan's head or one of its entries: how it is read, written and judged."""

    definition: str
    member: str
    reads: Callable[[Node], Node]
    writes: Callable[[Node], Node]
    fits: Callable[[Any], bool]

    def is_well_formed(self, node: Any) -> bool:
        """Whether an object breaks nothing of the standard but what is added later (members that it requires)."""
        return all(one.rule == "madmp-required" for one in faults(node, self.definition))

    def means(self, document: Node, written: Node) -> Meaning:
        """The judge of what may be written for this document beside the object that is written anyway."""
        return Meaning(self, (self.reads(written), document))


@dataclass(frozen=True, slots=True)
class Meaning:
    """Judges whether an object of the standard is well formed and says what a document says (as far as it can)."""

    level: Level
    targets: tuple[Node, ...]

    def __call__(self, node: Any) -> bool:
        """Whether the whole object may stand for the document."""
        if not self.level.is_well_formed(node):
            return False
        told = self.level.reads(node)
        return any(same(told, target) for target in self.targets)

    def alike(self, node: Any, other: Any) -> bool:
        """Whether ``other`` is well formed and says the same as ``node``."""
        return self.level.is_well_formed(other) and same(self.level.reads(node), self.level.reads(other))


def head_level(frame: Frame) -> Level:
    """The level of ``dmp`` without its datasets."""
    return Level("DMPData", "plan", lambda node: head_of(node, frame), lambda told: dmp_of(told, frame), extension.is_plan)


def entry_level(frame: Frame) -> Level:
    """The level of one dataset."""
    return Level("Dataset", "entry", lambda node: entry_of(node, frame), lambda told: dataset_of(told, frame), extension.is_entry)


def detect(source: bytes) -> bool:
    """Whether these bytes look like a maDMP: JSON with a member ``dmp`` near its beginning."""
    head = source[:20_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and _DMP.search(head) is not None


def read(source: bytes | dict[str, Any]) -> Read:
    """The plan of a maDMP file (1.2; 1.1 and 1.0 read as well where they satisfy it).

    Raises `Invalid` with every fault: not JSON, no ``dmp``, a member that the standard requires is missing, a wrong JSON
    type, a word outside a closed list. Pointers are those of the file. Pure; cost grows with the size of the file.

    Source: rda-madmp-1.2.
    """
    told = parsed(source) if isinstance(source, bytes) else source
    checked(told)
    dmp = told["dmp"]
    frame = frame_of(dmp)
    head = {name: value for name, value in dmp.items() if name != "dataset"}
    document, losses = _taken(head, head_level(frame), "/dmp")
    entries = []
    for number, dataset in enumerate(dmp["dataset"]):
        entry, more = _taken(dataset, entry_level(frame), f"/dmp/dataset/{number}")
        entries.append(entry)
        losses += more
    document["entries"] = entries
    outside = [line(OUTSIDE + name, value) for name, value in told.items() if name != "dmp"]
    mine = {"format": DIGEST, "path": "", "value": digest(document)}
    document["unmapped"] = [*document.get("unmapped", []), *outside, mine]
    return Read(document=document, losses=tuple(losses), grants=grants_of(dmp))


def _taken(node: Node, level: Level, where: str) -> tuple[Node, list[Loss]]:
    """One level: what it says, what is kept of it, what is told."""
    ours, rest = extension.split(node, level.member)
    main, gone = extension.unadded(rest, ours.added)
    base = level.reads(main)

    def agrees(candidate: Node) -> bool:
        return level.fits(candidate) and same(level.reads(extension.stripped(level.writes(candidate), gone)), base)

    document, refused = extension.merged(base, ours.patch, agrees)
    written = extension.stripped(level.writes(document), gone)
    kept = kept_of(main, written, level.means(document, written))
    losses = [_no_longer_agrees(where, path) for path in refused]
    losses += [_no_place(where, path, at(main, path)) for path in _placeless(main, written, level)]
    document = dict(document)
    if unmapped := [*(one.as_json() for one in kept), *ours.unmapped]:
        document["unmapped"] = unmapped
    return document, losses


def _placeless(main: Node, written: Node, level: Level) -> Iterator[Path]:
    """The kept places without which the plan would read the same: they mean nothing to it."""
    for path in islice(leaves(main, written), MOST_TOLD):
        if path not in NOT_TOLD and at(main, path) not in ("", [], {}):
            part, inner = focused(main, path)
            if same(level.reads(without(part, inner)), level.reads(part)):
                yield path


def _no_place(where: str, path: Path, value: Any) -> Loss:
    return Loss(
        pointer=where + pointer(path),
        message=both(
            "計画にはこの値に対応する項目がありません。元の形のまま保存し、maDMP で書き出すときに戻します。",
            "The plan has no place for this value. It is kept as it stands and written back into maDMP.",
        ),
        value=value,
    )


def _no_longer_agrees(where: str, path: Path) -> Loss:
    return Loss(
        pointer=f"{where}/extension",
        message=both(
            f"拡張部分の {pointer(path)} は、maDMP 本体の値と食い違うため使いませんでした。本体の値を優先します。",
            f"{pointer(path)} of the extension does not agree with the maDMP itself, whose value is used.",
        ),
    )


def core(document: Node) -> Node:
    """A plan's head or an entry without what the site gives."""
    return {name: value for name, value in document.items() if name not in GIVEN_BY_THE_SITE}


def digest(document: PlanDocument) -> str:
    """A fingerprint of what a plan says, its entries in order; ids, project and form left out."""
    entries = document.get("entries")
    told = [core(one) for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    head = {name: value for name, value in core(document).items() if name != "form"}
    text = json.dumps([head, told], sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
