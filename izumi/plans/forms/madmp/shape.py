"""Whether a file is a maDMP 1.2: the official JSON schema, judged here so that every fault has a place and words.

Only the keywords which that schema uses are understood; a test holds it to them. ``format`` is an annotation in JSON
Schema 2020-12 and refuses nothing: a day that is none is kept as it stands and told as a loss.

Source: rda-madmp-1.2.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding, Severity
from izumi.kernel.text import Text, both

SOURCE = "rda-madmp-1.2"
MAX_BYTES = 20_000_000
MAX_TEXT_BYTES = 200_000
MAX_DEPTH = 18
MAX_FINDINGS = 100
KEYWORDS = frozenset({"type", "properties", "required", "items", "enum", "oneOf", "minItems", "uniqueItems", "$ref", "$defs"})
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "number": (int, float), "integer": (int,),
}  # fmt: skip
WORDS = {
    "object": ("オブジェクト（{ … }）", "an object ({ … })"),
    "array": ("配列（[ … ]）", "an array ([ … ])"),
    "string": ("文字列", "a string"),
    "boolean": ("true または false", "true or false"),
    "number": ("数", "a number"),
    "integer": ("整数", "a whole number"),
}


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The official schema 1.2 without its prose."""
    told: dict[str, Any] = json.loads(Path(__file__).with_name("schema-1.2.json").read_text("utf-8"))
    return told


def words_of(name: str) -> tuple[str, ...]:
    """The closed list of a definition, e.g. ``LanguageCode``."""
    return tuple(schema()["$defs"][name]["enum"])


def parsed(source: bytes) -> dict[str, Any]:
    """The JSON object in these bytes. Raises `Invalid` for what is not JSON, not finite, too large or not an object."""
    if len(source) > MAX_BYTES:
        raise Invalid(_finding("madmp-too-large", "", both("ファイルが大きすぎます（20 MB まで）。", "The file is too large (at most 20 MB).")))
    try:
        told = json.loads(source, parse_constant=_not_finite)
    except (ValueError, RecursionError) as exc:
        raise Invalid(_not_json()) from exc
    if not isinstance(told, dict):
        raise Invalid(_not_madmp())
    return told


def _not_finite(name: str) -> float:
    raise ValueError(name)


def checked(told: dict[str, Any]) -> None:
    """Raises `Invalid` with every fault (at most ``MAX_FINDINGS``) when this is not a maDMP that reads."""
    if not isinstance(told.get("dmp"), dict):
        raise Invalid(_not_madmp())
    broken = list(_unreadable(told, "", 0))
    if broken:
        raise Invalid(tuple(broken[:MAX_FINDINGS]))
    found = faults(told["dmp"], "DMPData", "/dmp")
    if found:
        raise Invalid(found)


def faults(value: Any, name: str, at: str = "") -> tuple[Finding, ...]:
    """Where ``value`` breaks the definition ``name`` of the schema; ``rule`` is ``madmp-required|type|word``."""
    found: list[Finding] = []
    for one in _faults(value, schema()["$defs"][name], at):
        found.append(one)
        if len(found) >= MAX_FINDINGS:
            break
    return tuple(found)


def _faults(value: Any, rule: dict[str, Any], at: str) -> Iterator[Finding]:
    if "$ref" in rule:
        yield from _faults(value, schema()["$defs"][rule["$ref"].rpartition("/")[2]], at)
        return
    if "oneOf" in rule:
        yield from _one_of(value, rule["oneOf"], at)
        return
    kind = rule.get("type")
    if kind and not _is(value, kind):
        yield _wrong_type(kind, at)
        return
    if "enum" in rule and value not in rule["enum"]:
        yield _wrong_word(rule["enum"], at)
    if isinstance(value, dict):
        yield from _members(value, rule, at)
    elif isinstance(value, list):
        yield from _items(value, rule, at)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, TYPES[kind])


def _one_of(value: Any, choices: list[dict[str, Any]], at: str) -> Iterator[Finding]:
    """The faults of the choice that is meant: an array means the one for arrays."""
    lists = isinstance(value, list)
    meant = next((one for one in choices if (one.get("type") == "array") == lists), choices[0])
    yield from _faults(value, meant, at)


def _members(value: dict[str, Any], rule: dict[str, Any], at: str) -> Iterator[Finding]:
    for name in rule.get("required", ()):
        if name not in value:
            yield _missing(f"{at}/{name}", rule["properties"].get(name, {}).get("title", name))
    for name, inner in rule.get("properties", {}).items():
        if name in value:
            yield from _faults(value[name], inner, f"{at}/{name}")


def _items(value: list[Any], rule: dict[str, Any], at: str) -> Iterator[Finding]:
    if len(value) < rule.get("minItems", 0):
        yield _finding("madmp-required", at, both("1 つ以上必要です。", "At least one is needed."))
    if rule.get("uniqueItems") and len({json.dumps(one, sort_keys=True) for one in value}) < len(value):
        yield _finding("madmp-type", at, both("同じ値が 2 回あります。", "The same value stands there twice."), WHAT_TO_DO["twice"])
    for number, one in enumerate(value):
        yield from _faults(one, rule.get("items", {}), f"{at}/{number}")


def _unreadable(value: Any, at: str, depth: int) -> Iterator[Finding]:
    """What no database and no other format can hold: control characters, broken letters, endless nesting."""
    if depth > MAX_DEPTH:
        yield _finding("madmp-too-deep", at, both("入れ子が深すぎます。", "The nesting is too deep."))
    elif isinstance(value, str):
        yield from _unreadable_text(value, at)
    elif isinstance(value, float) and not math.isfinite(value):
        yield _wrong_type("number", at)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unreadable_text(str(name), at)
            yield from _unreadable(inner, f"{at}/{escaped(name)}", depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unreadable(inner, f"{at}/{number}", depth + 1)


def _unreadable_text(text: str, at: str) -> Iterator[Finding]:
    if any((letter < " " and letter not in "\t\n\r") or "\ud800" <= letter <= "\udfff" or letter in "\x7f\ufffe\uffff" for letter in text):
        yield _finding(
            "madmp-text", at,
            both("文字として読めないデータ、または制御文字が含まれています。", "This contains control characters or something that is not a character."),
            both("該当する文字を取り除いてください。", "Remove those characters."),
        )  # fmt: skip
    elif len(text.encode()) > MAX_TEXT_BYTES:
        yield _finding("madmp-text", at, both("文章が長すぎます（200 kB まで）。", "The text is too long (at most 200 kB)."))


def escaped(name: object) -> str:
    """A member name as it stands in a pointer, cut where it is absurdly long, without what is no character."""
    return str(name)[:80].encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1")


WHAT_TO_DO = {
    "required": both("この項目を加えてから、もう一度読み込んでください。", "Add this member and read the file again."),
    "type": both("値の型を直してから、もう一度読み込んでください。", "Mend the type of the value and read the file again."),
    "twice": both("重なっている値を 1 つにしてください。", "Keep the value once."),
    "file": both("maDMP（RDA DMP Common Standard 1.2）の JSON ファイルを選んでください。", "Choose a JSON file in maDMP (RDA DMP Common Standard 1.2)."),
}


def _missing(at: str, title: str) -> Finding:
    return _finding(
        "madmp-required", at,
        both(f"maDMP 1.2 で必須の項目「{title}」がありません。", f"The member “{title}”, required by maDMP 1.2, is missing."), WHAT_TO_DO["required"],
    )  # fmt: skip


def _wrong_type(kind: str, at: str) -> Finding:
    ja, en = WORDS[kind]
    return _finding("madmp-type", at, both(f"値の型が違います。{ja}にしてください。", f"The value has the wrong type; it must be {en}."), WHAT_TO_DO["type"])


def _wrong_word(allowed: list[str], at: str) -> Finding:
    some = ", ".join(allowed[:12]) + (" …" if len(allowed) > 12 else "")
    return _finding(
        "madmp-word", at,
        both("決められた語のどれでもありません。", "This is none of the words that the standard allows."),
        both(f"使える語：{some}", f"Allowed words: {some}"),
    )  # fmt: skip


def _not_json() -> Finding:
    return _finding("madmp-not-json", "", both("JSON として読めません。", "This is not readable JSON."), WHAT_TO_DO["file"])


def _not_madmp() -> Finding:
    return _finding(
        "madmp-not-found", "/dmp", both("maDMP の本体「dmp」がありません。", "There is no “dmp”, the body of a maDMP."), WHAT_TO_DO["file"]
    )


def _finding(rule: str, at: str, message: Text, fix: Text | None = None) -> Finding:
    return Finding(rule=rule, severity=Severity.ERROR, pointer=at, message=message, source=SOURCE, fix=fix)
