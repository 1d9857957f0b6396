"""Truth tables of the checks of single values."""

from __future__ import annotations

import pytest

from izumi.profiles.values import CHECKS


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        ("ror", ["https://ror.org/057zh3y96", "057zh3y96", "https://ror.org/00097mb19", "ror.org/0055k7a87"],
         ["https://ror.org/057zh3y97", "https://ror.org/157zh3y96", "057zh3y9", "https://ror.org/", "国立大学", "057zhiy96"]),
        ("orcid", ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1694-233X", "０000-0002-1825-0097"],
         ["0000-0002-1825-0098", "0000-0002-1694-2330", "0000000218250097", ""]),
        ("jgn", ["JPMJMS2011", "JP24K00366", "JPMEERF12345678", "ＪＰＭＪＭＳ２０１１", "jp18049069"],
         ["JP", "24K00366", "JPMJ-2011", "JPMEERF1234567890", "助成"]),
        ("doi", ["10.5072/abc", "https://doi.org/10.1038/s41586-020-2649-2", "doi:10.52926/JPMJMS2011", "10.1000.10/x"],
         ["10.5072", "5072/abc", "10.5/abc", "10.5072/a b"]),
        ("email", ["data@example.ac.jp", "a.b+c@sub.example.co.jp"],
         ["data@example", "data＠example.jp", "a b@example.jp", "a@b.jp, c@d.jp", "@example.jp", "a..b@example.jp", "x@-a.jp"]),
        ("phone", ["03-0000-0000", "+81-3-0000-0000", "０３－００００－００００", "03−0000−0000", "(022) 000 0000 内線 12"],
         ["総務課", "12", "03-0000-0000 / 03-0000-0001"]),
        ("url", ["https://example.jp/a?b#c", "http://127.0.0.1:8000/id/x", "https://日本語.jp/"],
         ["example.jp", "ftp://example.jp/", "javascript:alert(1)", "https://", "https://user:pw@example.jp/", "https://a b/"]),
        ("day", ["2027-04-01", "2028-02-29"], ["2027-02-29", "2027-4-1", "20270401", "２０２７-04-01", "soon", "2027-04-01T00:00"]),
        ("edtf", ["2026", "2026-04", "2026-04-01", "2026-04/2026-09", "2026/..", "../2026", "/2026", "2026-21", "199X", "1984?", "2004-06~",
                  "2026-04-01T10:00:00+09:00", "2026/2026-05"],
         ["2026-13", "2026-02-30", "2026-04-31", "2026-09/2026-04", "..", "/", "a/b/c", "令和8年", "2026-4", ""]),
        ("size", ["<1GB", "1-10GB", "10-100GB", ">100GB", "852.95 KB", "96.4 GB", "1MB-2GB", "５００MB", "3GiB", "12 B"],
         ["20", "たくさん", "GB", "1 GB about"]),
        ("language", ["ja", "en", "zh-Hant", "pt-BR", "jpn"], ["日本語", "JA", "ja_JP", "japanese"]),
        ("scope", ["project:3t8kq-m2xwd", "org:00000-00000"], ["project:", "team:3t8kq-m2xwd", "project:3t8kq-m2xwi", "public"]),
    ],
)  # fmt: skip
def test_a_check_tells_right_from_wrong(check, right, wrong):
    assert [text for text in right if not CHECKS[check](text)] == []
    assert [text for text in wrong if CHECKS[check](text)] == []


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_no_check_stumbles_over_odd_text(check):
    for text in ("", " ", "\n", "\x00", "水" * 100, "10." + "1." * 500, "a" * 300 + "@", "0" * 400, "9" * 18 + "GB", "[", "http://["):
        assert CHECKS[check](text) in (True, False)
