"""Decisions about file names, media types and safe delivery: pure, no disk, no database."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from datetime import timedelta
from urllib.parse import urlsplit

from izumi.kernel.errors import Invalid, IzumiError
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both

RESTORABLE = timedelta(days=30)
"""How long the file changes of a discarded draft can come back."""
SEGMENT_BYTES = 255
LEVELS = 1000
PATH_BYTES = 4096

_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))})


def parse_path(raw: str, *, pointer: str = "/path") -> str:
    """The path of a file as it is kept: NFC, ``/`` between folders, spaces at either end of a name untouched.

    Refuses (``Invalid`` with every finding): empty, absolute, ``..`` and ``.`` segments, empty segments, backslashes,
    NUL and other control characters, lone surrogates, segments over 255 bytes, more than 1,000 levels.
    """
    path = unicodedata.normalize("NFC", raw) if _encodable(raw) else raw
    findings = path_findings(path, pointer=pointer)
    if findings:
        raise Invalid(findings, "file.bad_path", path=shown(raw))
    return path


def parse_folder(raw: str, *, pointer: str = "/folder") -> str:
    """A folder as it is kept: empty for the top, else with its closing slash. Refuses what ``parse_path`` refuses."""
    bare = raw[:-1] if raw.endswith("/") else raw
    return parse_path(bare, pointer=pointer) + "/" if bare else ""


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def shown(raw: str, limit: int = 120) -> str:
    """A path for an error text: shortened, without control characters."""
    clean = "".join(c if c.isprintable() else "�" for c in raw)
    return clean if len(clean) <= limit else clean[:limit] + "…"


def path_findings(path: str, *, pointer: str = "/path") -> tuple[Finding, ...]:
    """Everything that is wrong with a path, not only the first thing."""
    if not _encodable(path):
        return (_finding("path-not-text", pointer, _NOT_TEXT),)
    if not path:
        return (_finding("path-empty", pointer, _EMPTY),)
    faults = [_finding(rule, pointer, text) for rule, text, wrong in _WHOLE if wrong(path)]
    segments = path.strip("/").split("/")
    faults += [_finding(rule, pointer, text) for rule, text, wrong in _SEGMENT if any(map(wrong, segments))]
    return tuple(faults)


def _finding(rule: str, pointer: str, message: Text) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, pointer=pointer, message=message)


_UNSEEN = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Line separators, and marks that turn the reading direction around: with them ``gnp.exe`` reads as ``exe.png``."""


def _has_control(path: str) -> bool:
    return any(unicodedata.category(c) == "Cc" or c in _UNSEEN for c in path)


_NOT_TEXT = both("パスに、文字として扱えないものが含まれています。", "The path contains something that is not text.")
_EMPTY = both("ファイルの名前がありません。", "The file has no name.")
_WHOLE = (
    ("path-absolute", both("パスの先頭に「/」は使えません。フォルダーからの相対パスにしてください。",
                           "The path must not begin with “/”; give it relative to the record's folder."),
     lambda p: p.startswith("/")),
    ("path-ends-in-slash", both("パスが「/」で終わっています。ファイルの名前を付けてください。",
                                "The path ends in “/”; give the file a name."), lambda p: p.endswith("/")),
    ("path-backslash", both("「\\」は使えません。フォルダーの区切りは「/」です。",
                            "“\\” cannot be used; folders are separated by “/”."), lambda p: "\\" in p),
    ("path-control-character", both("制御文字（改行、NUL など）は使えません。",
                                    "Control characters (line breaks, NUL and so on) cannot be used."), _has_control),
    ("path-too-deep", both("フォルダーの深さは 1,000 段までです。", "Folders can be at most 1,000 levels deep."),
     lambda p: p.count("/") >= LEVELS),
    ("path-too-long", both("パス全体は UTF-8 で 4,096 バイトまでです。", "The whole path can have at most 4,096 bytes in UTF-8."),
     lambda p: len(p.encode()) > PATH_BYTES),
)  # fmt: skip
_SEGMENT = (
    ("path-empty-segment", both("「//」のように、名前のないフォルダーは使えません。", "A folder without a name (“//”) cannot be used."),
     lambda s: s == ""),
    ("path-dot-segment", both("「.」と「..」は名前として使えません。", "“.” and “..” cannot be used as names."),
     lambda s: s in (".", "..")),
    ("path-segment-too-long", both("ファイルとフォルダーの名前は、UTF-8 で 255 バイト（日本語で 85 字ほど）までです。",
                                   "A file or folder name can have at most 255 bytes in UTF-8."),
     lambda s: len(s.encode()) > SEGMENT_BYTES),
)  # fmt: skip


def fold(path: str) -> str:
    """The key under which two paths count as the same on file systems that ignore case or normalisation."""
    folded = unicodedata.normalize("NFD", path).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold())


def name_findings(path: str) -> tuple[Finding, ...]:
    """Names that are kept but that some systems cannot hold: said as warnings, never refused."""
    found = []
    for segment in path.split("/"):
        stem = segment.split(".")[0].casefold()
        if stem in _DEVICES or segment != segment.rstrip(" .") or any(c in '<>:"|?*' for c in segment):
            found.append(
                Finding(
                    rule="path-not-portable", severity=Severity.WARNING, pointer="/path",
                    message=both(f"「{segment}」は Windows では保存できない名前です。",
                                 f"“{segment}” is a name that Windows cannot store."),
                )
            )  # fmt: skip
    return tuple(found)


def parents(path: str) -> tuple[str, ...]:
    """Every folder above a path, without closing slashes: ``a/b/c`` → ``("a", "a/b")``."""
    parts = path.split("/")[:-1]
    return tuple("/".join(parts[: n + 1]) for n in range(len(parts)))


_ADDRESSES = frozenset({"https", "http", "s3", "ftp", "ftps", "sftp", "gs", "doi", "ark", "hdl", "file", "tape"})


def parse_reference(url: str) -> str:
    """The address of bytes that are kept elsewhere. Refuses what is no absolute address of a known kind."""
    clean = all(c.isprintable() and not c.isspace() for c in url)
    try:
        parts = urlsplit(url)
    except ValueError:  # "http://["
        parts, clean = urlsplit(""), False
    if clean and len(url) <= 4000 and parts.scheme.lower() in _ADDRESSES - {"file"} and (parts.netloc or parts.path):
        return url
    message = both(
        "アドレスは https://、s3://、doi: などで始まる完全な形で書いてください。",
        "Give the whole address, beginning with https://, s3://, doi: or the like.",
    )
    raise Invalid(Finding(rule="reference-address", severity=Severity.ERROR, pointer="/url", message=message), "file.bad_reference")


def parse_digest(value: str, *, pointer: str = "/sha256") -> str:
    """A SHA-256 in lower-case hex; empty stays empty. Refuses anything else."""
    text = value.strip().lower()
    if not text or (len(text) == 64 and set(text) <= set("0123456789abcdef")):
        return text
    message = both("SHA-256 は 16 進数 64 桁です。", "A SHA-256 is 64 hexadecimal digits.")
    raise Invalid(Finding(rule="digest-form", severity=Severity.ERROR, pointer=pointer, message=message), "file.bad_digest")


# ---------------------------------------------------------------- delivery

MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "md": "text/markdown", "log": "text/plain",
    "json": "application/json", "jsonl": "application/x-ndjson", "xml": "application/xml", "html": "text/html",
    "htm": "text/html", "svg": "image/svg+xml", "js": "text/javascript", "css": "text/css", "pdf": "application/pdf",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "tif": "image/tiff", "tiff": "image/tiff", "bmp": "image/bmp", "zip": "application/zip", "gz": "application/gzip",
    "tar": "application/x-tar", "7z": "application/x-7z-compressed", "xlsx":
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "xls": "application/vnd.ms-excel",
    "parquet": "application/vnd.apache.parquet", "nc": "application/x-netcdf", "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5", "npy": "application/octet-stream", "npz": "application/zip", "py": "text/x-python",
    "ipynb": "application/x-ipynb+json", "yaml": "application/yaml", "yml": "application/yaml", "toml": "application/toml",
    "wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "mp4": "video/mp4", "fasta": "text/x-fasta",
    "fastq": "text/plain", "vcf": "text/plain", "jdx": "chemical/x-jcamp-dx", "dx": "chemical/x-jcamp-dx",
    "cif": "chemical/x-cif", "pdb": "chemical/x-pdb", "geojson": "application/geo+json", "kml":
    "application/vnd.google-earth.kml+xml", "xhtml": "application/xhtml+xml",
}  # fmt: skip
OCTETS = "application/octet-stream"

INLINE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv", "text/tab-separated-values"}
)
"""Types that a browser may show itself, and only when a preview was asked for; everything else is an attachment."""


def media_type_of(path: str, declared: str = "") -> str:
    """The media type of a file: by its ending, else as declared when that is well formed, else unknown octets."""
    name = path.rsplit("/", 1)[-1]
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in MEDIA_TYPES:
        return MEDIA_TYPES[ending]
    bare = declared.split(";")[0].strip().lower()
    ignored = {"", OCTETS, "application/x-www-form-urlencoded", "application/offset+octet-stream", "multipart/form-data"}
    token = bare.replace("/", "", 1).replace("+", "").replace("-", "").replace(".", "").replace("_", "")
    well_formed = bare.count("/") == 1 and len(bare) <= 100 and token.isascii() and token.isalnum()
    return bare if well_formed and bare not in ignored else OCTETS


def shown_inline(media_type: str) -> bool:
    """Whether a browser may show the bytes itself when a preview is asked for."""
    return media_type.split(";")[0] in INLINE


# ---------------------------------------------------------------- tus 1.0.0

TUS_VERSION = "1.0.0"
TUS_EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
CHECKSUMS = ("sha1", "sha256")


def parse_metadata(header: str) -> dict[str, str]:
    """``Upload-Metadata``: names and Base64 values. Refuses (``upload.bad_request``) what is malformed."""
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in header.split(","))):
        name, _, value = part.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as broken:
            raise IzumiError("upload.bad_request", header="Upload-Metadata") from broken
    return found


def parse_number(value: str | None, header: str) -> int:
    """A non-negative whole number in a header. Refuses (``upload.bad_request``) anything else."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise IzumiError("upload.bad_request", header=header)
    return int(value)


def parse_checksum(header: str) -> tuple[str, bytes]:
    """``Upload-Checksum``: algorithm and digest. Refuses (``upload.checksum_unknown``) other algorithms than sha1 and sha256."""
    name, _, value = header.strip().partition(" ")
    if name not in CHECKSUMS:
        raise IzumiError("upload.checksum_unknown", given=name[:40])
    try:
        return name, base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError) as broken:
        raise IzumiError("upload.bad_request", header="Upload-Checksum") from broken
