"""Words of cells: days and fiscal years as people in Japan write them, names of organisations, kinds of contract."""

from __future__ import annotations

import re
import unicodedata

from izumi.kernel.days import Day
from izumi.people.types import FIELDS

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_YEAR = re.compile(r"(?:(令和|平成|昭和|[rhs])\.?(元|\d{1,2})|(\d{4}))\s*(?:年度|fy)?")
_DAY = re.compile(r"(?:(令和|平成|昭和|[rhs])\.?(元|\d{1,2})|(\d{4}))\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?(?:[t ].*)?")
_BETWEEN = re.compile(r"\s*(?:–|—|―|〜|～|~|から|−|\s-\s|(?<=\d)-(?=\d{4}))\s*")
_CONTRACTS = {
    "委託": "commission", "助成": "grant", "補助": "subsidy", "補助金": "subsidy", "共同研究": "joint", "commission": "commission",
    "grant": "grant", "subsidy": "subsidy", "joint": "joint",
}  # fmt: skip
_LEGAL_FORMS = re.compile(
    r"^(?:国立大学法人|公立大学法人|学校法人|大学共同利用機関法人|国立研究開発法人|独立行政法人|地方独立行政法人|"
    r"(?:公益|一般)?(?:財団|社団)法人|特定非営利活動法人|株式会社|有限会社|合同会社)\s*|\s*(?:株式会社|有限会社|合同会社)$"
)


def plain(text: str) -> str:
    """NFKC, without outer white space, single blanks inside: endless ones take the patterns endless time."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFKC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def year_of(text: str) -> int | None:
    """A fiscal year: ``2026``, ``2026年度``, ``令和8年度``, ``R8``."""
    found = _YEAR.fullmatch(plain(text).casefold())
    return _western(found[1], found[2], found[3]) if found else None


def day_of(text: str, *, last: bool = False) -> Day | None:
    """A day, or of a fiscal year the first (``last``: the last) one. Raises ``ValueError`` for anything else."""
    told = plain(text).casefold()
    if not told:
        return None
    if re.fullmatch(r"\d{8}", told):
        told = f"{told[:4]}-{told[4:6]}-{told[6:]}"
    found = _DAY.fullmatch(told)
    if found:
        year = _western(found[1], found[2], found[3])
        return Day(year or 0, int(found[4]), int(found[5]))
    year = year_of(told)
    if year is None or not 1900 <= year <= 2200:
        raise ValueError(text)
    return Day(year + 1, 3, 31) if last else Day(year, 4, 1)


def period_of(text: str) -> tuple[Day | None, Day | None]:
    """Both ends of ``2020-04-01 – 2024-03-31`` or ``2020年度～2023年度``. Raises ``ValueError``."""
    told = re.sub(r"\((?:予定|延長|中断|廃止)\)", "", plain(text)).strip()
    parts = _BETWEEN.split(told, maxsplit=1)
    if len(parts) == 1:
        return day_of(told), day_of(told, last=True)
    return day_of(parts[0]), day_of(parts[1], last=True)


def _western(era: str | None, of_era: str | None, year: str | None) -> int | None:
    if era and of_era:
        return _ERAS[era] + (1 if of_era == "元" else int(of_era))
    return int(year) if year else None


def contract_of(text: str) -> str | None:
    """The kind of contract, ``None`` when the word is not known."""
    return _CONTRACTS.get(plain(text).casefold(), None if text else "")


def field_of(text: str) -> str | None:
    """The code of an e-Rad research field by code or name, ``None`` when it is not one. Source: erad-fields."""
    told = plain(text)
    if not told or told in FIELDS:
        return told
    return next((code for code, names in FIELDS.items() if told in (plain(name) for name in names.values())), None)


def bare_name(folded: str) -> str:
    """A folded name of an organisation without its legal form: 国立大学法人泉大学 is also called 泉大学."""
    return _LEGAL_FORMS.sub("", folded).strip()


def last_home(text: str) -> str:
    """The present institution of a KAKEN cell such as ``甲大学 (2020-2021)/ 乙大学 (2022-2023)``."""
    told = [one.strip() for one in re.split(r"/\s+|\s*[;；]\s*|\n", plain(text)) if one.strip()]
    until = [max((int(year) for year in re.findall(r"(?<!\d)(\d{4})(?!\d)", one)), default=0) for one in told]
    best = max(range(len(told)), key=lambda n: (until[n], n)) if told else 0
    return re.sub(r"\s*\([0-9\-–, ]+\)$", "", told[best]) if told else ""


def researcher_numbers(text: str) -> tuple[str, ...]:
    """The researcher numbers in a cell such as ``見本 花子 泉大学, 理学部, 教授 (12345678)``, each once."""
    return tuple(dict.fromkeys(re.findall(r"\((\d{8})\)", plain(text))))
