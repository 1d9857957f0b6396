"""How bytes leave, without a site: ranges, names in headers, ZIPs of any size."""

from __future__ import annotations

import io
import tempfile
import zipfile

import pytest

from izumi.records.file_delivery import Unsatisfiable, disposition, parse_ranges, zip_stream


def test_a_zip_beyond_four_gigabytes_and_65535_files_is_zip64() -> None:
    many = ((f"f{n}", 1, lambda: [b"x"]) for n in range(66_000))
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(many)))) as found:
        assert len(found.namelist()) == 66_000
    chunk = b"\0" * (1 << 20)
    size = 4100 * len(chunk)
    with tempfile.TemporaryFile() as out:
        for piece in zip_stream([("big", size, lambda: (chunk for _ in range(4100))), ("after", 3, lambda: [b"end"])]):
            if piece is chunk:
                out.seek(len(piece), 1)
            else:
                out.write(piece)
        with zipfile.ZipFile(out) as found:
            assert found.getinfo("big").file_size == size
            assert found.read("after") == b"end"


@pytest.mark.parametrize(
    ("header", "size", "found"),
    [
        ("bytes=0-4", 10, [(0, 4)]),
        ("bytes= 0-0 , -1 ", 10, [(0, 0), (9, 9)]),
        ("bytes=0-4,20-30", 10, [(0, 4)]),
        ("bytes=" + ",".join(["0-0"] * 101), 10, []),
        ("bytes=0-9,0-9,0-9", 10, []),
        ("bytes=-", 10, []),
        ("", 10, []),
    ],
)
def test_ranges_are_parsed_as_the_standard_says(header, size, found) -> None:
    assert parse_ranges(header, size) == found


def test_no_range_fits_an_empty_file() -> None:
    with pytest.raises(Unsatisfiable):
        parse_ranges("bytes=0-", 0)


def test_a_file_name_cannot_break_its_header() -> None:
    told = disposition('a"b\r\nSet-Cookie: x=1; 図.txt')
    assert "\r" not in told
    assert "\n" not in told
    assert told.startswith('attachment; filename="a_b__Set-Cookie: x=1_ _.txt"; filename*=UTF-8\'\'a%22b%0D%0A')
