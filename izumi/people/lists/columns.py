"""Which column says what, by format; headers are compared after NFKC, without white space and case."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

Columns = Mapping[str, tuple[str, ...]]

ERAD: Columns = {
    "number:e-Rad": ("課題ID", "e-Rad課題ID", "e-Rad課題番号", "研究課題ID", "研究開発課題ID", "課題番号", "KADAI_ID"),
    "number:JGN": ("体系的番号", "体系的課題番号", "JAPAN_GRANT_NUMBER"),
    "title": ("研究課題名", "研究開発課題名", "課題名", "研究課題名(日本語)", "プロジェクト名", "KADAI_MEI"),
    "title_en": ("研究課題名(英語)", "研究開発課題名(英語)", "課題名(英語)", "研究課題名(英文)"),
    "organisation": ("研究機関名", "研究機関", "所属研究機関名", "所属研究機関", "所属機関名", "KENKYUKIKAN_MEI"),
    "organisation_role": ("機関区分", "代表・分担", "代表/分担", "代表分担区分"),
    "funder_code": ("配分機関コード", "HAIBUNKIKAN_CD"),
    "funder": ("配分機関名", "配分機関", "HAIBUNKIKAN_MEI"),
    "code:1": ("体系的番号におけるプログラム情報コード", "プログラム情報コード", "FUNDING_STREAM_CODE"),
    "name:1": ("プログラム名", "PROGRAM_NAME_JA"),
    "name:2": ("プログラム名(英語)", "PROGRAM_NAME_EN"),
    "code:3": ("事業コード", "JIGYO_CD"),
    "name:3": ("事業名", "JIGYO_MEI"),
    "code:4": ("制度コード", "SEIDO_CD"),
    "name:4": ("制度名", "SEIDO_MEI"),
    "year": ("年度", "実施年度", "NENDO"),
    "starts": ("研究開始年度", "開始年度", "研究開始日", "開始日", "研究期間(開始)", "研究開始年月日"),
    "ends": ("研究終了年度", "終了年度", "研究終了予定年度", "終了予定年度", "研究終了日", "終了日", "研究期間(終了)", "研究終了年月日"),
    "period": ("研究期間",),
    "leader": ("研究者番号", "研究代表者番号", "研究代表者研究者番号", "研究代表者の研究者番号", "e-Rad研究者番号", "KENKYUSHA_NO"),
    "leader_name": ("研究代表者", "研究代表者名", "研究代表者氏名", "研究者氏名", "KENKYUSHA_SHIMEI"),
    "researcher_role": ("研究者区分", "役割"),
    "field": ("研究分野(主)", "研究分野", "分野コード", "分野", "BUNYA_CD", "BUNYA_MEI"),
    "contract": ("契約形態", "契約種別", "契約区分"),
}
"""Lists of e-Rad as people export them, and the columns of the feed that NII holds. Source: grdm-common-form-2026."""

KAKEN: Columns = {
    "number:KAKENHI": ("研究課題/領域番号", "研究課題番号", "課題番号", "Project/Area Number"),
    "title": ("研究課題名",),
    "title_en": ("研究課題名(英文)", "研究課題名(英語)"),
    "organisation": ("研究機関",),
    "name:1": ("研究種目",),
    "period": ("研究期間(年度)", "研究期間"),
    "leader_name": ("研究代表者", "特別研究員", "外国人特別研究員"),
}
"""The CSV that KAKEN offers for its search results."""

CSV: Columns = {
    "id": ("id",),
    "title": ("title_ja", "title"),
    "title_en": ("title_en",),
    "number:JGN": ("jgn",),
    "number:e-Rad": ("erad",),
    "number:KAKENHI": ("kakenhi",),
    "numbers": ("numbers",),
    "organisation": ("organisation",),
    "partners": ("partners",),
    "funder": ("funder",),
    "code:1": ("programme_code",),
    "name:1": ("programme",),
    "call": ("call",),
    "starts": ("starts_on",),
    "ends": ("ends_on",),
    "year": ("fiscal_year",),
    "field": ("field",),
    "contract": ("contract",),
    "countries": ("countries",),
    "leader": ("leader",),
    "leader_name": ("leader_name",),
}
"""Our own columns; docs/how-to/projects.md describes them."""

OF_FORMAT: Mapping[str, Columns] = {"erad": ERAD, "kaken": KAKEN, "csv": CSV}


def folded_header(text: str) -> str:
    """The form in which headers are compared."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\ufeff", "").casefold().split())


def placed(headers: list[str], columns: Columns) -> dict[str, list[int]]:
    """Where each member stands: positions in the order in which the format prefers them."""
    there: dict[str, int] = {}
    for position, header in enumerate(headers):
        there.setdefault(folded_header(header), position)
    found = {name: [there[key] for alias in aliases if (key := folded_header(alias)) in there] for name, aliases in columns.items()}
    return {name: positions for name, positions in found.items() if positions}
