"""Operators' Markdown as safe HTML: no raw HTML passes, and a sanitiser stands behind the renderer."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

_TAGS = set("p br h2 h3 h4 h5 h6 ul ol li strong em s blockquote code pre hr a img table thead tbody tr th td".split())
_renderer = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


@lru_cache(maxsize=512)
def to_html(markdown: str) -> str:
    """HTML that may stand in a page as it is."""
    tokens = _renderer.parse(markdown)
    for token in tokens:
        if token.tag == "h1":  # the page's own title is its only h1
            token.tag = "h2"
    return nh3.clean(
        _renderer.renderer.render(tokens, _renderer.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
