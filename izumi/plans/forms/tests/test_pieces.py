"""Cells of a form that hold several things at once."""

from __future__ import annotations

from izumi.plans.forms import tables


def test_a_second_name_under_one_manager_is_kept_beside():
    heads = [column.label["ja"] for column in tables.form("moonshot").columns]
    row = ["", "1", "水質", "", "研究データ室／分析班", *[""] * (len(heads) - 5)]
    (entry,), _ = tables.read_table("moonshot", "\n".join(",".join(line) for line in (heads, row)).encode())
    assert entry["manager"]["name"] == {"ja": "研究データ室"}
    assert entry["unmapped"] == [{"format": "moonshot", "path": "manager", "value": "分析班"}]
