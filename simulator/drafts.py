"""Drafts and published articles (platform.md 4.6)."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from simulator.api.errors import ApiError
from simulator.settings import Settings

DIGEST_AUTO = 54
"""Characters."""
CONTENT_MAX, CONTENT_BYTES = 20_000, 1 << 20
_TAG = re.compile(r"<[^>]+>")
_SCRIPT = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
ARTICLES_MAX = 8


def checked(articles: Any, settings: Settings) -> list[dict[str, Any]]:
    """The articles of a draft as kept: scripts removed, digest made; or the first fault."""
    if not isinstance(articles, list) or not articles:
        raise ApiError(44003, "empty news data")
    if len(articles) > ARTICLES_MAX:
        raise ApiError(45008, "article size out of limit")
    return [_checked_one(article, settings) for article in articles]


def _checked_one(article: Any, settings: Settings) -> dict[str, Any]:
    if not isinstance(article, dict):
        raise ApiError(47001, "data format error")
    title, content = str(article.get("title") or ""), str(article.get("content") or "")
    if not 1 <= len(title) <= settings.draft_title_max:
        raise ApiError(45003, "title size out of limit")
    if len(str(article.get("author") or "")) > settings.draft_author_max:
        raise ApiError(45110, "author out of limit")
    if len(content) >= CONTENT_MAX or len(content.encode()) >= CONTENT_BYTES:
        raise ApiError(45002, "content size out of limit")
    content = _SCRIPT.sub("", content)
    digest = str(article.get("digest") or _TAG.sub("", content)[:DIGEST_AUTO])
    return {**article, "title": title, "content": content, "digest": digest}


@dataclass
class Drafts:
    """Drafts by media_id, published articles by article_id, publish jobs by publish_id."""

    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, media_id: str, articles: list[dict[str, Any]], now: int) -> None:
        self.kept[media_id] = articles
        self.updated[media_id] = now

    def get(self, media_id: object) -> list[dict[str, Any]]:
        found = self.kept.get(media_id) if isinstance(media_id, str) else None
        if found is None:
            raise ApiError(40007, "invalid media_id")
        return found

    def article(self, article_id: object, at: int = 0) -> dict[str, Any]:
        found = self.published.get(article_id) if isinstance(article_id, str) else None
        if found is None or not 0 <= at < len(found):
            raise ApiError(53600, "article id is invalid")
        return found[at]

    def publish(self, media_id: str, article_id: str, base: str) -> list[dict[str, Any]]:
        """The draft becomes pages; it is a draft no longer."""
        articles = [{**one, "url": f"{base}/s/{article_id}?idx={at}"} for at, one in enumerate(self.get(media_id), 1)]
        self.published[article_id] = articles
        del self.kept[media_id]
        return articles


def page(article: dict[str, Any]) -> str:
    """A published article as a page of its own."""
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><style>body{font:17px/1.7 sans-serif;padding:16px;margin:0}'
        f"small{{color:#888}}</style><title>{html.escape(article['title'])}</title>"
        f"<h2>{html.escape(article['title'])}</h2>"
        f"<small>{html.escape(str(article.get('author') or ''))}</small>"
        f"<div>{article['content']}</div></html>"
    )
