"""``izumi files …``: bytes into a draft and out of a record, streamed and resumable."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import click

from izumi.kernel.errors import Damaged, Invalid, IzumiError
from izumi.web.cli.face import Face, api_command
from izumi.web.cli.sending import send
from izumi.web.language import say
from izumi.web.wire import Problem, Site, file_path
from izumi.web.words import bytes_in_words

ID = click.argument("record_id", metavar="ID")


@click.group(name="files", help=say("レコードのファイル", "the files of a record"))
def files() -> None:
    """Files."""


def found_below(path: Path, under: str) -> Iterator[tuple[Path, str]]:
    """The files of one argument with their path in the record: a folder keeps its own name; links are not followed."""
    prefix = f"{under.strip('/')}/" if under.strip("/") else ""
    path = path.resolve() if path.name in ("", ".", "..") else path
    if path.is_file():
        yield path, prefix + path.name
        return
    for inner in sorted(path.rglob("*")):
        if inner.is_file() and not inner.is_symlink():
            yield inner, prefix + (PurePosixPath(path.name) / inner.relative_to(path).as_posix()).as_posix()


@files.command(help=say("ファイルやフォルダーを下書きに入れる", "put files and folders into the draft"))
@ID
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--under", default="", metavar="FOLDER", help=say("この中に入れる", "into this folder"))
@api_command
def add(face: Face, site: Site, record_id: str, paths: tuple[Path, ...], under: str) -> int:
    """Put files in; every file is tried, exit 1 if any was refused."""
    wanted = [pair for path in paths for pair in found_below(path, under)]
    total = sum(source.stat().st_size for source, _ in wanted)
    refused = 0
    with face.progress(total, say("送信", "sending")) as bar:
        for source, spelled in wanted:
            target = unicodedata.normalize("NFC", spelled)  # some disks spell accents and voicing marks apart
            try:
                put = send(site, record_id, source, target, told=bar.update)
            except (Problem, IzumiError) as failure:
                if _hopeless(failure):
                    raise
                refused += 1
                body = failure.body if isinstance(failure, Problem) else {"code": failure.code}
                face.tell(
                    {"path": target, "ok": False, "problem": body}, f"✗ {target}  {body.get('detail', body['code'])}"
                )
            else:
                face.tell({"ok": True, **put}, f"✓ {target}  {bytes_in_words(put['size'])}")
    face.note(say(f"{len(wanted) - refused} ファイルを入れました", f"{len(wanted) - refused} files put in"))
    return int(refused > 0)


def _hopeless(failure: Problem | IzumiError) -> bool:
    """Whether the next file would meet the same: no such draft, not allowed, nobody answers."""
    return failure.status in (401, 403, 404, 410, 503)


@files.command("list", help=say("一覧", "list them"))
@ID
@click.option("--version", default=None, help=say("版（draft も可）", "version (or draft)"))
@click.option("--folder", default=None, help=say("フォルダー", "folder"))
@api_command
def list_(face: Face, site: Site, record_id: str, version: str | None, folder: str | None) -> None:
    """List files."""
    face.rows(
        listed(site, record_id, version, folder),
        [
            (say("パス", "path"), lambda row: row["path"]),
            (say("大きさ", "size"), lambda row: bytes_in_words(row["size"])),
            ("sha256", lambda row: str(row.get("sha256") or "")[:12]),
        ],
    )


def listed(site: Site, record_id: str, version: str | None, folder: str | None = None) -> Iterator[dict[str, Any]]:
    """All files of a version; without one, of the newest version, else of the draft."""
    if version is None:
        shown = site.get(f"records/{record_id}")
        version = str(shown.get("version") or "draft")
    yield from site.pages(f"records/{record_id}/files", version=version, folder=folder, limit=1000)


@files.command(
    help=say("取り出す（途中から再開し、ダイジェストを確かめます）", "fetch them (resumes, verifies digests)")
)
@ID
@click.argument("names", metavar="[PATH…]", nargs=-1)
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=say("置く場所", "folder to put them in"),
)
@click.option("--version", default=None, help=say("版（draft も可）", "version (or draft)"))
@api_command
def get(face: Face, site: Site, record_id: str, names: tuple[str, ...], target: Path, version: str | None) -> int:
    """Fetch files: all, or those named, or below a named folder."""
    wanted = [row for row in listed(site, record_id, version) if not names or _named(row["path"], names)]
    missing = [name for name in names if not any(_named(row["path"], (name,)) for row in wanted)]
    with face.progress(
        sum(row["size"] for row in wanted if row.get("kept_here", True)), say("取得", "fetching")
    ) as bar:
        for row in wanted:
            if not row.get("kept_here", True):
                face.tell(
                    {"path": row["path"], "url": row["url"], "kept_here": False}, f"→ {row['path']}  {row['url']}"
                )
                continue
            place = fetch(site, record_id, row, target, told=bar.update)
            face.tell({"path": row["path"], "to": str(place), "size": row["size"]}, f"✓ {row['path']}")
    for name in missing:
        face.tell({"path": name, "ok": False}, say(f"✗ {name}  ありません", f"✗ {name}  not there"))
    return int(bool(missing))


def _named(path: str, names: tuple[str, ...]) -> bool:
    return any(path == name or path.startswith(name.rstrip("/") + "/") for name in names)


def fetch(site: Site, record_id: str, row: dict[str, Any], target: Path, told: Any) -> Path:
    """One file into ``target``, through a ``.part`` that a later run goes on with. Raises ``Damaged`` when the digest differs."""
    place = inside(target, row["path"])
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    if have > row["size"]:
        part.unlink()
        have = 0
    told(have)
    address = f"/records/{record_id}/v/{row['version']}/files/{file_path(row['path'])}"
    if have < row["size"] or not have:
        with part.open("ab") as out:
            for chunk in site.stream(address, {"Range": f"bytes={have}-"} if have else None):
                out.write(chunk)
                told(len(chunk))
    if row.get("sha256") and digest(part) != row["sha256"]:
        part.unlink()
        raise Damaged("files.digest_differs", path=row["path"])
    part.replace(place)
    return place


def inside(folder: Path, path: str) -> Path:
    """Where a file of a record is put; a path that would leave the folder is refused."""
    place = (folder / path).resolve()
    if not place.is_relative_to(folder.resolve()) or "\0" in path:
        raise Invalid((), "files.path_outside", path=path)
    return place


def digest(path: Path) -> str:
    """SHA-256 of a file, lower-case hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@files.command(help=say("下書きから外す", "take a file out of the draft"))
@ID
@click.argument("path")
@api_command
def remove(face: Face, site: Site, record_id: str, path: str) -> None:
    """Take a file out of the draft."""
    site.call("DELETE", f"records/{record_id}/files/{file_path(path)}")
    face.tell({"path": path, "removed": True}, say(f"外しました: {path}", f"removed: {path}"))


@files.command(help=say("別の場所にあるファイルを、参照として入れる", "refer to a file that stays where it is"))
@ID
@click.argument("url")
@click.option("--path", help=say("レコードの中のパス", "path in the record"))
@click.option("--size", type=click.IntRange(0), required=True, help=say("大きさ（バイト）", "size in bytes"))
@click.option("--sha256", help=say("SHA-256", "SHA-256"))
@api_command
def link(face: Face, site: Site, record_id: str, url: str, path: str | None, size: int, sha256: str | None) -> None:
    """Refer to a file that stays where it is."""
    body = {"url": url, "path": path or url.rstrip("/").rsplit("/", 1)[-1], "size": size, "sha256": sha256}
    put = site.call(
        "POST", f"records/{record_id}/files/link", body={k: v for k, v in body.items() if v is not None}
    ).json()
    face.tell(put, f"✓ {put.get('path', body['path'])}")
