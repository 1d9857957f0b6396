"""Previews: encodings, tables, spectra, pictures, and refusals that say why."""

from __future__ import annotations

import hashlib
import io
import xml.dom.minidom
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from izumi.storage import previews
from izumi.storage.previews import encodings
from izumi.storage.previews.plots import line_plot
from izumi.storage.previews.tables import Table, parse_table
from izumi.storage.rules import media_type_of
from izumi.storage.types import FileRow, Preview, PreviewKind
from tests.shared import shared_path

pytestmark = pytest.mark.usefixtures("home")
TEXT = "番号,試料,濃度（mg/L）\n1,見本川の上流,0.12\n2,見本川の下流,0.34\n"


def shown(name: str, body: bytes, path: Path | None = None) -> tuple[FileRow, Preview]:
    row = FileRow(
        id=1, owner_id="3f8zk-2m7qd", path=name, from_version=1, to_version=None, sha256=hashlib.sha256(body).hexdigest(),
        sha512="", size_bytes=len(body), media_type=media_type_of(name), place="draft",
    )  # fmt: skip
    made = previews.preview(
        row, head=lambda n: body[:n], local=lambda: str(path) if path else None, chunks=lambda: iter([body])
    )
    return row, made


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("cp932", "CP932 (Shift_JIS)"), ("euc_jp", "EUC-JP"),
        ("utf-16", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE"), ("iso2022_jp", "ISO-2022-JP"),
    ],
)  # fmt: skip
def test_a_table_is_read_in_each_usual_encoding(codec: str, told: str) -> None:
    _, made = shown("a.csv", TEXT.encode(codec))
    assert (made.kind, made.encoding) == (PreviewKind.TABLE, told)
    assert made.head == ("番号", "試料", "濃度（mg/L）")
    assert made.rows[1] == ("2", "見本川の下流", "0.34")


def test_a_text_that_was_cut_inside_a_character_is_still_read() -> None:
    body = ("あ" * 1000).encode("cp932")[:-1]
    assert encodings.decode(body, whole=False) == ("あ" * 999, "cp932")
    assert encodings.decode("é".encode("latin-1") + b"abc" * 30, whole=True)[1] == "latin-1"


def test_at_most_two_hundred_rows_are_shown_and_it_says_so() -> None:
    body = "\n".join(f"{n}\t{n * n}" for n in range(1000)).encode()
    row, made = shown("a.tsv", body)
    assert (len(made.rows), made.whole, made.delimiter) == (200, False, "tab")
    assert "200" in made.said["ja"]
    drawn = previews.plot(row)
    assert drawn is not None
    assert len(drawn) <= 30_000
    xml.dom.minidom.parseString(drawn)
    assert b"<title" in drawn
    assert b"1000 points" in drawn


def test_a_plot_escapes_what_a_file_calls_its_columns() -> None:
    table = Table(head=("<script>", '"&'), rows=[[str(n), str(n % 7)] for n in range(50)], delimiter="comma")
    drawn = line_plot(table, "</title><script>alert(1)</script>")
    assert "<script" not in drawn
    xml.dom.minidom.parseString(drawn)


def test_semicolons_bars_and_columns_of_instruments_are_found() -> None:
    assert parse_table("a;b\n1;2\n3;4\n", "csv", whole=True).rows == [["1", "2"], ["3", "4"]]
    columns = parse_table("# energy counts\n" + "\n".join(f" {n}.5   {n}E+2 " for n in range(20)), "txt", whole=True)
    assert (columns.head, columns.rows[2]) == (("energy", "counts"), ["2.5", "2E+2"])
    assert parse_table("Some words.\nMore words, and a comma.\n", "txt", whole=True) is None


def test_compressed_spectra_are_decoded_as_the_standard_says() -> None:
    head = "##TITLE=x\n##XUNITS=1/CM\n##YUNITS=ABS\n##FIRSTX=0\n##LASTX=8\n##NPOINTS=9\n##YFACTOR=1\n##XYDATA=(X++(Y..Y))\n"
    plain = parse_table(head + "0 1 2 3 3 2 1 0 -1 -2\n##END=\n", "jdx", whole=True)
    packed = parse_table(head + "0AJT%jW\n##END=\n", "jdx", whole=True)
    assert [row[1] for row in plain.rows] == ["1", "2", "3", "3", "2", "1", "0", "-1", "-2"]
    assert [row[1] for row in packed.rows] == ["1", "2", "3", "3", "2", "1", "0", "-1", "-2"]


@pytest.mark.parametrize(
    ("name", "columns", "plotted"),
    [
        ("magnetic/MPMS_test.dat", ("Magnetic Field (Oe)",), True),
        ("ir_nmr/1,2-dichloroethane.jdx", ("1/CM", "TRANSMITTANCE"), True),
        ("ir_nmr/ethanol_nmr.jdx", ("HZ", "ARBITRARY UNITS"), True),
        ("golden/RDE_XRD_rasx/structured/TwoTheta_scan_powder.csv", ("TwoTheta (deg)", "Intensity (counts)"), True),
        ("xps/regular.vms", ("kinetic energy (eV)", "counts", "Transmission"), True),
        ("xrd/XRD-918-16_10.xrdml", ("2Theta (deg)", "Intensity (counts)"), True),
        ("em/example1.msa", ("Energy (eV)", "Counts (Intensity)"), True),
    ],
)
def test_real_instrument_files_become_tables_and_plots(name: str, columns: tuple[str, ...], plotted: bool) -> None:
    body = shared_path(f"fixtures/materials/{name}").read_bytes()
    row, made = shown(Path(name).name, body)
    assert made.kind == PreviewKind.TABLE
    assert set(columns) <= set(made.head)
    assert made.has_plot is plotted
    assert len(previews.plot(row) or b"") <= 30_000


@pytest.mark.parametrize("name", ["crystal/1517474.cif", "golden/invoice_for_em.json"])
def test_other_instrument_text_is_shown_as_text(name: str) -> None:
    _, made = shown(Path(name).name, shared_path(f"fixtures/materials/{name}").read_bytes())
    assert made.kind == PreviewKind.TEXT
    assert 0 < len(made.text) <= 64 * 1024


def picture(tmp_path: Path, name: str, image: Any, **how: Any) -> tuple[FileRow, Preview]:
    path = tmp_path / name
    image.save(path, **how)
    return shown(name, path.read_bytes(), path)


def test_an_image_is_scaled_and_described(tmp_path: Path) -> None:
    row, made = picture(tmp_path, "a.png", Image.new("RGB", (3000, 1500), "teal"))
    assert (made.kind, made.has_picture) == (PreviewKind.IMAGE, True)
    assert "3000 × 1500" in made.said["en"]
    with Image.open(io.BytesIO(previews.picture(row) or b"")) as small:
        assert (small.format, small.size) == ("WEBP", (1200, 600))


def test_a_sixteen_bit_detector_image_is_made_visible(tmp_path: Path) -> None:
    image = Image.new("I;16", (64, 64))
    image.putdata([n * 3 for n in range(64 * 64)])
    row, _ = picture(tmp_path, "a.tif", image)
    with Image.open(io.BytesIO(previews.picture(row) or b"")) as small:
        low, high = small.convert("L").getextrema()
        assert (low < 10, high > 240) == (True, True)


def test_a_pixel_bomb_is_refused_and_the_download_kept(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0]))
    body = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(body)
    _, made = shown("bomb.png", body, tmp_path / "bomb.png")
    assert made.kind == PreviewKind.NONE
    assert "ピクセル" in made.failed["ja"] or "縦横" in made.failed["ja"]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.pdf", "a.tif"])
def test_a_broken_picture_says_why(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not a picture")
    _, made = shown(name, b"not a picture", tmp_path / name)
    assert made.kind == PreviewKind.NONE
    assert set(made.failed) == {"ja", "en"}


def test_the_first_page_of_a_pdf_is_shown(tmp_path: Path) -> None:
    Image.new("RGB", (200, 300), "white").save(tmp_path / "a.pdf", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    row, made = shown("a.pdf", (tmp_path / "a.pdf").read_bytes(), tmp_path / "a.pdf")
    assert made.kind == PreviewKind.IMAGE
    assert "2 in all" in made.said["en"]
    assert (previews.picture(row) or b"")[:4] == b"RIFF"


def test_bytes_that_are_no_text_and_nothing_at_all_say_why() -> None:
    assert shown("a.bin", bytes(range(256)) * 20)[1].failed["en"].startswith("The format can be read neither")
    assert shown("a.csv", b"")[1].failed["en"] == "The file is empty."


def test_a_preview_is_made_once_for_a_content(monkeypatch: Any) -> None:
    shown("a.csv", TEXT.encode())
    monkeypatch.setattr(previews, "_made", None)
    assert shown("b.csv", TEXT.encode())[1].rows[0][1] == "見本川の上流"


def test_an_instrument_text_that_goes_on_otherwise_is_shown_as_text() -> None:
    head = "VAMAS Surface Chemical Analysis Standard Data Transfer Format 1988 May 4\n"
    assert shown("a.vms", (head + "x\n" * 30).encode())[1].kind == PreviewKind.TEXT
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert shown("a.xrdml", bomb.encode())[1].kind == PreviewKind.TEXT


def test_points_are_joined_only_where_x_runs_on() -> None:
    from izumi.storage.previews.plots import joined

    assert joined([(n, n * n) for n in range(50)])
    loop = [*range(20), *range(20, -20, -1), *range(-20, 20)]
    assert joined([(float(x), 1.0) for x in loop])
    assert not joined([(float(n * 7 % 31), 1.0) for n in range(50)])
    assert not joined([(float(n // 12), 1.0) for n in range(48)])
