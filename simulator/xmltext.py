"""The XML dialect of the platform: written with CDATA and read without document types."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from typing import Any

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class XmlError(ValueError):
    """Not the XML the platform reads."""


def cdata(text: str) -> str:
    """Text as CDATA; `]]>` split in two sections, characters that XML forbids dropped."""
    clean = _FORBIDDEN.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(key, item) for key, item in value.items())}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, item) for item in value)
    return f"<{name}>{cdata(value) if isinstance(value, str) else value}</{name}>"


def write(fields: Mapping[str, Any], indent: str = "") -> str:
    """`<xml>` with one line per field: text as CDATA, numbers bare, mappings nested, lists repeated."""
    lines = "".join(f"{indent}{_element(name, value)}\n" for name, value in fields.items())
    return f"<xml>{chr(10) if indent else ''}{lines}</xml>"


def read(body: bytes) -> dict[str, Any]:
    """The children of the root: text, or a dict for nested elements; a repeated name becomes a list."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise XmlError("The answer carries a document type.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - document types are refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise XmlError(f"The answer is not well-formed XML: {error}.") from error
    if root.tag != "xml":
        raise XmlError(f"The root element is <{root.tag}>, not <xml>.")
    try:
        return _children(root)
    except RecursionError as error:
        raise XmlError("The answer is nested too deeply.") from error


def _children(element: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        value: Any = _children(child) if len(child) else (child.text or "")
        if child.tag in found:
            earlier = found[child.tag]
            found[child.tag] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            found[child.tag] = value
    return found
