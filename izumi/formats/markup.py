"""XML in and out: elements from clean text, and the one parser for XML that others wrote."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from izumi.formats.document import clean
from izumi.kernel.errors import Invalid
from izumi.kernel.findings import Finding
from izumi.kernel.text import both

XML = "{http://www.w3.org/XML/1998/namespace}"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def parse(source: bytes) -> Any:
    """The root element of XML from outside: no entities, no network, no huge trees. Raises `Invalid`."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, dtd_validation=False, remove_comments=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as exc:
        raise Invalid(_not_xml(str(exc))) from exc
    if root.getroottree().docinfo.doctype and any(isinstance(node, etree._Entity) for node in root.iter()):
        raise Invalid(_not_xml("entities"))
    return root


def _not_xml(why: str) -> Finding:
    return Finding(
        rule="xml-not-readable",
        severity="error",
        pointer="",
        message=both(f"XML として読めません（{why}）。", f"This is not readable XML ({why})."),
        fix=both("ファイルを整形式の XML にしてください。", "Make the file well-formed XML."),
    )


class Tree:
    """A document under construction: elements by prefix, in the order in which they are added."""

    def __init__(self, root: str, namespaces: dict[str | None, str], schema_location: str = "") -> None:
        self.namespaces = namespaces
        self.root = etree.Element(self._tag(root), nsmap=namespaces)
        if schema_location:
            self.root.set(f"{{{XSI}}}schemaLocation", schema_location)

    def _tag(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        return f"{{{self.namespaces[prefix or None]}}}{local}"

    def add(self, parent: Any, name: str, text: object = None, /, lang: str = "", **attributes: str) -> Any:
        """A new last child; attributes with empty values are left out; ``rdf__resource`` means ``rdf:resource``."""
        element = etree.SubElement(parent, self._tag(name))
        if lang:
            element.set(f"{XML}lang", lang)
        for key, value in attributes.items():
            if value:
                element.set(self._tag(key.replace("__", ":")) if "__" in key else key, clean(value))
        if text is not None:
            element.text = clean(text)
        return element

    def each(self, parent: Any, name: str, pairs: list[tuple[str, str]], **attributes: str) -> None:
        """One child per ``(language, text)``."""
        for lang, text in pairs:
            self.add(parent, name, text, lang=lang, **attributes)

    def bytes(self) -> bytes:
        """The finished document in UTF-8 with its declaration, indented."""
        etree.indent(self.root, space="  ")
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8") + b"\n"


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*")


def lang_of(element: Any) -> str:
    """The language tag of an element as documents write it; where none is said, "ja" for Japanese text, else "en"."""
    tag = str(element.get(f"{XML}lang") or "").replace("_", "-")
    head, _, rest = tag.partition("-")
    tag = head.lower() + (f"-{rest.title() if len(rest) == 4 else rest}" if rest else "")
    if _LANGUAGE.fullmatch(tag):
        return tag
    if _LANGUAGE.fullmatch(head.lower()):
        return head.lower()
    text = "".join(element.itertext())
    return "ja" if any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in text) else "en"
