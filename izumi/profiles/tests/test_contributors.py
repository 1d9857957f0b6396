"""Others who took part are asked for and shown with their role."""

from __future__ import annotations

from izumi.profiles import queries

DOCUMENT = {"contributors": [{"role": "data_collector", "name": {"ja": {"family": "見本", "given": "花子"}}, "affiliations": [{"name": {"ja": "見本大学"}}]}]}


def test_a_contributor_is_shown_with_role_and_affiliation() -> None:
    rows = [row for section in queries.display(DOCUMENT, "ja") for row in section.rows if row.pointer == "/contributors"]
    assert [(one.text, one.note) for one in rows[0].values] == [("見本 花子", "（データ収集者、見本大学）")]


def test_the_form_asks_for_the_role_first() -> None:
    fields = {one.pointer: one for section in queries.form().sections for one in section.fields}
    assert [one.pointer for one in fields["/contributors"].inputs][:2] == ["./role", "./name/ja/family"]
