"""Reads of files: every byte and every name asks the decision first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from izumi.kernel import clock
from izumi.kernel.actors import Actor
from izumi.kernel.errors import Gone, IzumiError, NotThere, Refused, SignInNeeded
from izumi.policy import rules as decide
from izumi.policy.types import Verdict
from izumi.records.queries.reading import Loaded, decide_for, load
from izumi.records.types import DraftKind
from izumi.storage import queries as storage
from izumi.storage import rules
from izumi.storage.types import FileRow, FilesSummary, Page

DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesOf:
    """The files of one version of one record, as one reader may have them."""

    record_id: str
    label: str
    """``draft`` or the version's number."""
    number: int
    """Under which storage keeps them."""
    actor: Actor
    loaded: Loaded

    def may_read(self, path: str) -> Verdict:
        """The decision about one file."""
        return decide.verdict(self.actor, "read", self.loaded.facts, clock.now(), path)

    @property
    def summary(self) -> FilesSummary:
        """Their number and weight."""
        return storage.summary(self.record_id, self.number)


def files_of(actor: Actor, record_id: str, version: str | None = None) -> FilesOf:
    """The files of a version (``"3"``), of the ``"draft"``, or of the newest version, else the draft.

    Raises ``NotThere`` for what is absent or hidden, ``Gone`` for a withdrawn version, ``SignInNeeded`` or ``Refused``
    – with the reasons of the decision – where the record may be known and its files may not. Cost: 5 statements.
    """
    loaded = load(record_id)
    if not decide_for(actor, loaded, "see"):
        raise NotThere("record", loaded.record.id)
    if version is None:
        newest = loaded.newest
        version = str(newest.n) if newest is not None else DRAFT
    if version == DRAFT:
        return _draft_files(actor, loaded)
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    found = [each for each in loaded.versions if each.n == number]
    if not found:
        raise NotThere("version")
    editor = bool(decide_for(actor, loaded, "edit"))
    verdict = decide_for(actor, loaded, "read")
    withdrawn = loaded.record.withdrawn_at is not None or found[-1].withdrawn_at is not None
    if withdrawn and not (verdict and editor):
        why = loaded.record.withdrawn_why or found[-1].withdrawn_why
        raise Gone("record.withdrawn", why=why, id=loaded.record.id)
    if not verdict:
        raise _refusal(actor, verdict)
    return FilesOf(record_id=loaded.record.id, label=str(number), number=number, actor=actor, loaded=loaded)


def _draft_files(actor: Actor, loaded: Loaded) -> FilesOf:
    if loaded.draft is None or not decide_for(actor, loaded, "edit"):
        raise IzumiError("draft.none")
    verdict = decide_for(actor, loaded, "read")
    if not verdict:
        raise _refusal(actor, verdict)
    corrects = loaded.draft.kind == DraftKind.METADATA
    number = loaded.record.latest if corrects else loaded.draft_version
    return FilesOf(record_id=loaded.record.id, label=DRAFT, number=number, actor=actor, loaded=loaded)


def _refusal(actor: Actor, verdict: Verdict) -> IzumiError:
    return SignInNeeded(verdict=verdict) if actor.is_anonymous else Refused(verdict)


def file_at(files: FilesOf, path: str) -> FileRow:
    """One file; the decision about exactly this path comes before the question whether it exists."""
    verdict = files.may_read(path)
    if not verdict:
        raise _refusal(files.actor, verdict)
    row = storage.stat(files.record_id, files.number, path) if not rules.path_findings(path) else None
    if row is None:
        raise NotThere("file", path)
    return row


def listed(files: FilesOf, folder: str | None, *, limit: int, cursor: str = "") -> Page[FileRow]:
    """A page of files: of one folder, or – without a folder – of the whole version. Cost: at most 2 statements."""
    if folder is None:
        page = storage.walk(files.record_id, files.number, limit=limit, cursor=cursor)
    else:
        page = storage.page(files.record_id, files.number, rules.parse_folder(folder), limit=limit, cursor=cursor)
    return Page(items=tuple(row for row in page.items if files.may_read(row.path)), next=page.next)


def for_zip(files: FilesOf, folder: str) -> Iterator[tuple[str, int, Callable[[], Iterator[bytes]]]]:
    """The files below a folder that this reader may have, for a ZIP; references are left out. Streams."""
    for row in storage.iterate(files.record_id, files.number, folder):
        if not row.is_reference and files.may_read(row.path):
            yield row.path, row.size_bytes or 0, _reader(row)


def _reader(row: FileRow) -> Callable[[], Iterator[bytes]]:
    return lambda: storage.read(row)
