"""Template tags of all pages: words in the page's language, addresses, values, badges.

``{% load izumi %}``. The page's language is ``request.lang``, which the URL alone decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from izumi.kernel.text import Text
from izumi.web import words

register = template.Library()

STATIC = Path(__file__).resolve().parent.parent / "static"
ONLY = {"ja": ("ja", "日本語のみ", "Japanese only"), "en": ("en", "英語のみ", "English only")}
NUMBERED = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
SEVERITY = {
    "error": ("bad", "bad", "直してください", "To correct"),
    "warning": ("todo", "warn", "注意", "Note"),
    "task": ("todo", "task", "あとで", "Later"),
    "ok": ("ok", "ok", "よし", "Fine"),
}


def lang_of(context: Mapping[str, Any]) -> str:
    """The language of the page that is being rendered: ``ja`` unless the URL said English."""
    request = context.get("request")
    return getattr(request, "lang", None) or context.get("lang") or "ja"


# words -------------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def t(context: Mapping[str, Any], ja: str, en: str, **facts: Any) -> SafeString:
    """The literal in the page's language; ``{name}`` fields are filled with escaped facts.

    English chooses by the fact ``n``: ``"{n} [file|files]"`` is "1 file", "2 files".
    """
    chosen = escape(str(en if lang_of(context) == "en" else ja))
    if "n" in facts:
        chosen = NUMBERED.sub(r"\1" if str(facts["n"]) == "1" else r"\2", chosen)
    return format_html(chosen, **facts) if facts else mark_safe(chosen)  # noqa: S308 – escaped above


@register.simple_tag(takes_context=True)
def text(context: Mapping[str, Any], value: Any, tagged: bool = True) -> SafeString:
    """A multilingual value with ``lang=`` where it differs from the page, and a tag when the side is missing."""
    if not isinstance(value, Mapping):
        return SafeString(escape("" if value is None else str(value)))
    wanted = lang_of(context)
    said = value if isinstance(value, Text) else Text({k: v for k, v in value.items() if isinstance(v, str)})
    used = said.lang(wanted)
    if used in (wanted, ""):
        return SafeString(escape(said.one(wanted)))
    shown = format_html('<span lang="{}">{}</span>', used, said.one(wanted))
    return shown + _only(wanted, used) if tagged else shown


def _only(wanted: str, used: str) -> SafeString:
    _, ja, en = ONLY.get(used[:2], (used, f"{used} のみ", f"{used} only"))
    return format_html(' <span class="tag">{}</span>', en if wanted == "en" else ja)


@register.simple_tag(takes_context=True)
def plain(context: Mapping[str, Any], value: Any) -> str:
    """A multilingual value as bare text for attributes and ``<title>``."""
    if isinstance(value, Mapping):
        return Text({k: v for k, v in value.items() if isinstance(v, str)}).one(lang_of(context))
    return "" if value is None else str(value)


@register.simple_tag(takes_context=True)
def other(context: Mapping[str, Any], value: Any) -> SafeString:
    """The other language's side of a value with ``lang=``, or nothing when there is none."""
    tag = "ja" if lang_of(context) == "en" else "en"
    if not isinstance(value, Mapping) or not isinstance(value.get(tag), str) or len(value) < 2:
        return SafeString("")
    return format_html('<span lang="{}">{}</span>', tag, value[tag])


# addresses ---------------------------------------------------------------------------------------------------------


@register.filter
def web_address(value: Any) -> str:
    """The address when it is one of the web, else nothing: a draft may hold ``javascript:`` and the like, which never become a link."""
    said = str(value or "").strip()
    return said if said.lower().startswith(("https://", "http://")) else ""


@register.simple_tag(takes_context=True)
def href(context: Mapping[str, Any], *parts: Any) -> SafeString:
    """A page's address in the language of this page; parts are joined and percent-encoded."""
    address = "".join(str(part) for part in parts)
    prefix = "/en" if lang_of(context) == "en" else ""
    return SafeString(escape(prefix + quote(address, safe="/?#&=%:+,;@!$'()*~-._")))


@register.simple_tag(takes_context=True)
def other_language(context: Mapping[str, Any]) -> str:
    """The address of this page in the other language, query kept."""
    request = context.get("request")
    return page_in(request, "ja" if lang_of(context) == "en" else "en") if request else "/"


@register.simple_tag(takes_context=True)
def here(context: Mapping[str, Any]) -> str:
    """The address of this page with its language and query, for ``?next=``."""
    request = context.get("request")
    return page_in(request, lang_of(context)) if request else "/"


@register.simple_tag(takes_context=True)
def this_page(context: Mapping[str, Any], lang: str = "") -> str:
    """The absolute address of this page in ``lang`` (default: its own), for canonical and alternate links."""
    request = context.get("request")
    if request is None:
        return ""
    site = context.get("site")
    base = (site.get("url") if isinstance(site, Mapping) else getattr(site, "url", "")) or ""
    return str(base).rstrip("/") + page_in(request, lang or lang_of(context))


def page_in(request: Any, lang: str) -> str:
    """Path and query of a request as its page in ``lang``."""
    path = re.sub(r"^/en(?=/|$)", "", request.path_info) or "/"
    query = request.META.get("QUERY_STRING", "")
    return ("/en" if lang == "en" else "") + quote(path, safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters replaced; ``None`` or ``""`` removes one. Starts with ``?``."""
    request = context.get("request")
    kept = [(k, v) for k, v in (request.GET.lists() if request else []) if k not in changes]
    pairs = [(k, one) for k, several in kept for one in several]
    pairs += [(k, v) for k, v in changes.items() if v not in (None, "")]
    return "?" + urlencode(pairs)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file with its digest, so that it may be kept for ever and still change."""
    return f"/static/{name}?v={_digest(name)}"


@lru_cache(maxsize=64)
def _digest(name: str) -> str:
    path = Path(f"{STATIC}/{name}")  # a literal of a template is no plain str
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A picture from the sprite; it is decoration, the words beside it carry the meaning."""
    return format_html(
        '<svg viewBox="0 0 {0} {0}" aria-hidden="true" focusable="false"><use href="{1}#{2}"/></svg>',
        size,
        asset("icons.svg"),
        name,
    )


@register.filter
def urlpath(value: Any) -> str:
    """A stored file path for use inside an address: each character percent-encoded except the slash."""
    return quote(str(value), safe="/~-._")


# values ------------------------------------------------------------------------------------------------------------


@register.filter
def day(value: Any) -> str:
    """``2026-11-20``, in Japan time."""
    return words.day_in_words(value)


@register.filter
def moment(value: Any) -> str:
    """``2026-11-20 14:32``, in Japan time."""
    return words.moment_in_words(value)


@register.filter(name="bytes")
def size_in_words(value: Any) -> str:
    """``1.2 GB`` (10³)."""
    return words.bytes_in_words(None if value in (None, "") else int(value))


@register.filter
def number(value: Any) -> str:
    """``2,318``."""
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "–")


@register.filter
def field_id(pointer: str) -> str:
    """The HTML id of the form field of a JSON Pointer."""
    return "f" + re.sub(r"[^A-Za-z0-9]+", "-", pointer or "").rstrip("-") if pointer else "f-all"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """One entry of a mapping by a key that stands in a variable."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.simple_tag(takes_context=True)
def name(context: Mapping[str, Any], value: Any) -> SafeString:
    """One name in the order of the page's language, its reading as title."""
    whole, used = words.name_in_words(value, lang_of(context))
    return _spoken(whole, used, words.reading(value), lang_of(context))


def _spoken(whole: str, used: str, kana: str, lang: str) -> SafeString:
    if used == lang and not kana:
        return SafeString(escape(whole))
    if kana and used == "ja":
        return format_html('<span lang="ja" title="{}">{}</span>', kana, whole)
    return format_html('<span lang="{}">{}</span>', used, whole)


@register.simple_tag(takes_context=True)
def names(context: Mapping[str, Any], people: Iterable[Mapping[str, Any]], most: int = 0) -> SafeString:
    """Names of creators and the like; with ``most`` the rest is counted: 「ほか 2 名」."""
    lang = lang_of(context)
    told = [person for person in people or () if person]
    shown = [
        (_spoken(*words.name_in_words(p.get("name"), lang), words.reading(p.get("name")), lang),)
        for p in (told[:most] if most else told)
    ]
    joined = format_html_join(", " if lang == "en" else "、", "{}", shown)
    rest = len(told) - len(shown)
    if rest <= 0:
        return joined
    return joined + format_html(" and {} more" if lang == "en" else " ほか {} 名", rest)


# badges and lists --------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def access_badge(context: Mapping[str, Any], access: Any, on: Any = "", opens: Any = "") -> SafeString:
    """The access class by its official label with shape and colour; ``on`` is the day it opens, or is planned to (``opens``)."""
    key = str(access or "")
    label, colour, _ = words.ACCESS.get(
        key, (Text({"ja": "アクセス権が未定", "en": "Access not decided"}), "is-closed", None)
    )
    lang = lang_of(context)
    said = label.one(lang)
    if on and key == "embargoed":
        ja, en = ("公開予定日 {day}", "planned for {day}") if opens == "confirm" else ("{day} に公開", "opens {day}")
        said += (f", {en}" if lang == "en" else f"　{ja}").format(day=words.day_in_words(on))
    picture = icon(key, 16) if key in words.ACCESS else SafeString("")
    return format_html('<span class="badge {}">{}{}</span>', colour, picture, said)


@register.simple_tag(takes_context=True)
def access_words(context: Mapping[str, Any], access: Any, opens: Any = "") -> str:
    """One sentence that explains an access class; an embargo that waits for a person (``opens``) promises no day."""
    if access == "embargoed" and opens == "confirm":
        return words.CONFIRMED.one(lang_of(context))
    entry = words.ACCESS.get(str(access or ""))
    return entry[2].one(lang_of(context)) if entry else ""


@register.simple_tag(takes_context=True)
def state_badge(context: Mapping[str, Any], state: Any) -> SafeString:
    """A state in words with its colour; nothing for an unknown state."""
    entry = words.STATES.get(str(state or ""))
    if entry is None:
        return SafeString("")
    return format_html('<span class="badge {}">{}</span>', entry[1], entry[0].one(lang_of(context)))


@register.simple_tag(takes_context=True)
def kind(context: Mapping[str, Any], value: Any) -> str:
    """The kind of a record in words."""
    label = words.KINDS.get(str(value or ""))
    return label.one(lang_of(context)) if label else str(value or "")


@register.simple_tag(takes_context=True)
def finding_list(context: Mapping[str, Any], findings: Iterable[Any], linked: bool = True) -> SafeString:
    """Findings as a list, each with its weight in words and shape, its way out and a link to the field."""
    return format_html_join("", "{}", ((_finding(lang_of(context), found, linked),) for found in findings or ()))


def _finding(lang: str, found: Any, linked: bool) -> SafeString:
    colour, picture, ja, en = SEVERITY.get(str(found.severity), SEVERITY["task"])
    parts = [format_html('<span class="hidden">{} </span>{}', en if lang == "en" else ja, found.message.one(lang))]
    if found.fix:
        parts.append(format_html(' <span class="quiet">{}</span>', found.fix.one(lang)))
    if linked and found.pointer:
        go = "Go to the field" if lang == "en" else "項目へ"
        parts.append(
            format_html(
                ' <a href="#{}" aria-label="{}">{}</a>', field_id(found.pointer), f"{go}: {found.message.one(lang)}", go
            )
        )
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html('<li><span class="{}">{}</span><span>{}</span></li>', colour, icon(picture), body)


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], before: str = "", after: str = "", said: str = "") -> dict[str, Any]:
    """Links to the page before and after (query strings or addresses) with a sentence such as 「1–50 / 1,204 件」."""
    return {"request": context.get("request"), "lang": lang_of(context), "before": before, "after": after, "said": said}


@register.simple_tag(takes_context=True)
def avatar(context: Mapping[str, Any], value: Any) -> str:
    """The letter in the round picture beside a name."""
    return words.initial(words.name_in_words(value, lang_of(context))[0])
