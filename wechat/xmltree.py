"""Reading the XML that WeChat pushes: bounded, without document types, into plain dicts.

Elements become keys, repeated elements lists, leaves stripped text: the shape WeRoBot's message classes take.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from errors import Refused

DEEPEST = 12

# All that may stand before the root element: a declaration. Not a document type (the only place where entities can
# be made), nor a remark or an instruction that could hide one from this look.
_BEGINNING = re.compile(r"(?:<\?xml\s[^<>]*\?>\s*)?<xml[\s>/]")

Tree = dict[str, Any]


def read_xml(raw: bytes) -> Tree:
    """The children of the root element ``<xml>``; raises ``Refused`` for anything else.

    Only UTF-8 is read, whatever the document declares. A document type must stand before the root element, and is
    refused there, before any parser sees it.
    """
    try:
        text = raw.decode("utf-8").lstrip("\ufeff \t\r\n")
        if not _BEGINNING.match(text):
            raise Refused("something other than a declaration before the XML")
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type, so no entities
    except (ElementTree.ParseError, UnicodeDecodeError, ValueError) as broken:
        raise Refused(f"not XML: {type(broken).__name__}") from None
    tree = _tree(root, 1)
    if root.tag != "xml" or not isinstance(tree, dict):
        raise Refused("the root element is not a filled <xml>")
    return tree


def _tree(element: ElementTree.Element, depth: int) -> Any:
    if len(element) == 0:
        return (element.text or "").strip()
    if depth > DEEPEST:
        raise Refused("the XML is too deep")
    children: Tree = {}
    for child in element:
        value = _tree(child, depth + 1)
        known = children.get(child.tag)
        if known is None:
            children[child.tag] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            children[child.tag] = [known, value]
    return children
