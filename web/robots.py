"""Programs that open links without anybody reading: what they do is no click and no view.

A preview is fetched when a link is pasted into a chat, often before its reader taps it: were it the first to open a
follower's link, it would be taken for the follower's browser. The list names what says of itself what it is; a
program that pretends to be a browser is not recognised, and a script of nobody's (curl, a test) is taken for one.
"""

from __future__ import annotations

import re

from flask import Request

ROBOTS = {
    "search engines": (
        "googlebot", "bingbot", "baiduspider", "sogou web spider", "sogou inst spider", "360spider", "haosouspider",
        "yisouspider", "bytespider", "petalbot", "yandexbot", "applebot", "duckduckbot", "slurp",
    ),
    "link previews of chats and social networks": (
        "facebookexternalhit", "twitterbot", "slackbot", "slack-imgproxy", "telegrambot", "whatsapp/", "discordbot",
        "linkedinbot", "skypeuripreview", "pinterestbot", "dingtalkbot", "feishu-linkpreview", "larkurl2png",
    ),
    "collectors for models and archives": ("gptbot", "ccbot", "claudebot", "perplexitybot", "amazonbot", "ia_archiver"),
    "whatever calls itself so": ("bot/", "spider", "crawler", "linkpreview", "link preview", "link-preview"),
}  # fmt: skip
"""Words in a User-Agent, by their reason. WhatsApp's preview begins its own with its name; its browser does not."""

_NAMED = re.compile("|".join(re.escape(word) for words in ROBOTS.values() for word in words))


def is_robot(request: Request) -> bool:
    """Is nobody reading? Also true of HEAD, which fetches no page, and of a page fetched in advance."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return True
    return bool(_NAMED.search((request.user_agent.string or "").lower()))
