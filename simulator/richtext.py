"""Text as WeChat's chat shows it: `<a href>` is a link, every other piece of HTML stays as it is written."""

import html
import re

_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_SCHEMES = ("http://", "https://", "weixin://")


def parts(text: str) -> list[dict[str, str]]:
    """The text in order, as `{"text"}` and `{"text", "href"}` pieces."""
    pieces: list[dict[str, str]] = []
    end = 0
    for match in _LINK.finditer(text):
        link = _link(match.group(1), match.group(2))
        if link is None:
            continue
        if match.start() > end:
            pieces.append({"text": text[end : match.start()]})
        pieces.append(link)
        end = match.end()
    if end < len(text):
        pieces.append({"text": text[end:]})
    return pieces


def _link(attributes: str, label: str) -> dict[str, str] | None:
    found = {name.lower(): html.unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(attributes)}
    href = found.get("href", "")
    if not href.startswith(_SCHEMES):
        return None
    kept = {name: value for name, value in found.items() if name.startswith("data-miniprogram-")}
    return {"text": label, "href": href, **kept}


def links(text: str) -> list[dict[str, str]]:
    """Only the links of a text."""
    return [piece for piece in parts(text) if "href" in piece]
