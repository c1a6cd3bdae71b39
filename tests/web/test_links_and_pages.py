"""Tracked links, the item page, and what is said when there is none."""

import re
import sqlite3
from typing import Any

import pytest
from bot_in_process import NOON, PAID_WORDS, ROOT, Bot, Workshop

from catalog.articles import MORE
from domain.item import yuan
from storage import entitlements

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
IPAD = IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def offered(bot: Bot) -> tuple[Bot, str]:
    """A bot, and the link of 从喘到跑 in an answer to o1."""
    heard = bot.say("o1", "夜跑")
    assert heard.slugs[0] == "run-30"
    return bot, heard.links[0]


def kinds(bot: Bot, kind: str) -> list[dict[str, Any]]:
    return bot.rows("behaviours", kind=kind)


def test_a_link_leads_to_the_item_and_counts_the_click(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    before = bot.weights("o1")["健身"]
    answer = bot.get(link)
    assert (answer.status_code, answer.location) == (302, "/a/run-30")
    (click,) = kinds(bot, "click")
    (exposure,) = bot.rows("exposures", slug="run-30")
    assert (click["openid"], click["detail"], click["at"]) == ("o1", exposure["id"], int(bot.clock.now))
    assert bot.weights("o1")["健身"] > before


def test_a_link_holds_no_openid(offered: tuple[Bot, str]) -> None:
    assert "o1" not in offered[1].partition(".")[0] and not re.search(r"[.]o1[.]", offered[1])


def test_taps_within_a_minute_are_one_click(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    bot.clock.now = NOON + 60
    for second in (0, 1, 59):
        bot.clock.now = NOON + 60 + second
        assert bot.get(link).status_code == 302
    assert len(kinds(bot, "click")) == 1
    learned = bot.weights("o1")
    bot.clock.now = NOON + 120
    bot.get(link)
    assert len(kinds(bot, "click")) == 2 and bot.weights("o1") == learned, "one exposure, one lesson"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1],
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t + "x",
        lambda t: t.rpartition(".")[0],
        lambda t: t.partition(".")[0],
        lambda t: t.replace("/go/run-30.", "/go/index-fund."),
    ],
)
def test_a_tampered_link_leads_to_the_item_without_a_click(offered: tuple[Bot, str], spoil: Any) -> None:
    bot, link = offered
    answer = bot.get(spoil(link))
    assert answer.status_code == 302 and answer.location in ("/a/run-30", "/a/index-fund")
    assert not kinds(bot, "click")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "token", ["gone", "gone.x.y", "..", "%00", "<script>", "RUN-30", "a" * 5_000, "跑步", "run-30%2e%2e", "."]
)
def test_garbage_is_a_page_that_says_so(bot: Bot, token: str) -> None:
    answer = bot.get(f"/go/{token}")
    assert answer.status_code in (302, 404)
    if answer.status_code == 302:
        assert answer.location.startswith("/a/")
    assert "<script>" not in answer.text
    assert not kinds(bot, "click")


def test_a_link_of_another_bot_is_tampered_with(offered: tuple[Bot, str], workshop: Workshop) -> None:
    other = workshop.bot(SECRET_KEY="another-secret-another-secret")
    assert other.get(offered[1]).location == "/a/run-30"
    assert not kinds(other, "click")


def test_a_link_whose_exposure_was_erased_still_leads_there(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    bot.say("o1", "删除我的数据")
    bot.say("o1", "确认删除")
    assert bot.get(link).location == "/a/run-30"
    assert not kinds(bot, "click") and not bot.rows("interests", openid="o1")


def test_looking_ahead_is_no_click(offered: tuple[Bot, str]) -> None:
    """Previewers ask with HEAD."""
    bot, link = offered
    assert bot.pages.head(link).status_code == 302
    assert bot.pages.head("/a/run-30").status_code == 200
    assert not kinds(bot, "click") and not kinds(bot, "page_view")


def test_the_click_is_not_needed_to_read(offered: tuple[Bot, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A locked database costs the click and the view, not the page."""
    bot, link = offered
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", 0.02)
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    answer = bot.get(link)
    assert (answer.status_code, answer.location) == (302, "/a/run-30")
    page = bot.get("/a/run-30")
    assert page.status_code == 200 and "从喘到跑" in page.text
    other.execute("rollback")
    assert not kinds(bot, "click") and not kinds(bot, "page_view")
    bot.get("/a/run-30")
    assert len(kinds(bot, "page_view")) == 1


def test_the_page_shows_the_free_part_and_the_price(bot: Bot) -> None:
    page = bot.get("/a/run-30", headers={"User-Agent": ANDROID})
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "免费部分：从喘到跑。" in page.text and "¥9.90" in page.text and "林知远" in page.text
    assert PAID_WORDS not in page.text and "付费部分" not in page.text


def test_no_paid_sentence_of_our_own_articles_leaves_the_server(real_bot: Bot) -> None:
    for file in sorted((ROOT / "content" / "articles").glob("*.md")):
        free, more, paid = file.read_text("utf-8").partition(MORE)
        item = real_bot.live.current.items.get(file.stem)
        if item is None or not more:
            continue
        page = real_bot.get(f"/a/{file.stem}")
        assert page.status_code == 200
        lines = [line.strip() for line in paid.splitlines() if len(re.sub(r"\W", "", line)) >= 12]
        sentences = {part for line in lines for part in re.split(r"[。！？|*`#>\-]", line) if len(part) >= 10}
        assert sentences
        if item.price_fen:
            assert not [one for one in sentences if one in page.text and one not in free], file.stem
            assert yuan(item.price_fen) in page.text
        else:
            assert any(one in page.text for one in sentences), file.stem


def test_a_free_item_is_whole(bot: Bot) -> None:
    assert PAID_WORDS in bot.get("/a/stretch").text


def test_a_link_gives_no_right_to_what_somebody_owns(bot: Bot) -> None:
    """Links are passed on: who opens one is not the one it was sent to."""
    heard = bot.say("o1", "夜跑")
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "buy", NOON)
    page = bot.get(heard.links[0], follow_redirects=True)
    assert page.status_code == 200 and PAID_WORDS not in page.text


def test_the_reason_is_shown_for_the_item_it_was_given_for(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    why = "因为你问到「夜跑」"
    assert why not in bot.get("/a/run-30").text
    assert why in bot.get(link, follow_redirects=True).text
    assert why in bot.get("/a/run-30").text
    assert why not in bot.get("/a/index-fund").text
    bot.pages.set_cookie("shutong_from", "forged", domain="read.example.cn")
    assert why not in bot.get("/a/run-30").text


def test_a_view_is_noted_with_who_was_sent_here(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    bot.get("/a/dumbbell")
    bot.get(link, follow_redirects=True)
    stranger, follower = sorted(kinds(bot, "page_view"), key=lambda row: row["openid"])
    assert (stranger["openid"], stranger["detail"], stranger["form"]) == ("", "dumbbell", "page")
    assert (follower["openid"], follower["detail"]) == ("o1", "run-30")
    assert not bot.rows("followers", openid="")


def test_the_cookie_is_signed_and_for_the_server_only(offered: tuple[Bot, str]) -> None:
    bot, link = offered
    cookie = bot.get(link).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=Lax" in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    bot.pages.delete_cookie("shutong_from", domain="read.example.cn")
    bot.pages.set_cookie("shutong_from", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"), domain="read.example.cn")
    bot.get("/a/run-30")
    assert [row["openid"] for row in kinds(bot, "page_view")] == [""]


@pytest.mark.parametrize("agent", [IPHONE, IPAD])
def test_on_an_iphone_there_is_no_price(bot: Bot, agent: str) -> None:
    page = bot.get("/a/run-30", headers={"User-Agent": agent})
    assert page.status_code == 200 and "免费部分" in page.text
    assert "9.90" not in page.text and "¥" not in page.text
    free = bot.get("/a/stretch", headers={"User-Agent": agent}).text
    assert PAID_WORDS in free and "¥" not in free  # nor beside it, among the related


@pytest.mark.parametrize(("goods", "hidden"), [("allow", False), ("hide_price", True), ("block", True)])
def test_what_an_iphone_sees_is_a_setting(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, goods: str, hidden: bool
) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr("web.pages.render_template", lambda name, **fields: given.append(fields) or "")
    bot = workshop.bot(IOS_VIRTUAL_GOODS=goods)
    for agent in (IPHONE, ANDROID, ""):
        bot.get("/a/run-30", headers={"User-Agent": agent})
    assert [bool(fields["hide_price"]) for fields in given] == [hidden, False, False]


def test_titles_are_escaped(bot: Bot) -> None:
    page = bot.get("/a/tricky").text
    assert "alert(1)" in page and "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in page


def test_markdown_cannot_run_anything(bot: Bot) -> None:
    page = bot.get("/a/tricky").text
    tags = re.findall(r"<[^>]*>", page)
    assert "<strong>粗</strong>" in page
    assert any('href="https://example.cn/a"' in tag for tag in tags)
    for tag in tags:
        assert not re.search(r"\son\w+\s*=", tag), tag
        assert not re.search(r"(href|src)\s*=\s*[\"']?\s*(javascript|data:text|vbscript|//evil)", tag, re.I), tag
        assert not re.match(r"<(iframe|object|embed|form|meta http)", tag), tag
        assert not (tag.startswith("<script") and "nonce=" not in tag), tag
    assert not re.search(r"<script[^>]*>[^<]*alert", page)


@pytest.mark.parametrize(
    "evil",
    [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](vbscript:x)",
        "[a](java\tscript:x)",
        "![a](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "<svg onload=alert(1)>",
        "<a href='x' onclick='y'>z</a>",
        '[a](https://e.cn "onmouseover=alert(1)")',
        "`<script>`",
        "<scr<script>ipt>",
        "<!--><script>alert(1)</script>",
        "[a]: javascript:x\n\n[a]",
        "<style>body{display:none}</style>",
        "| a |\n|:-:|\n| <b onclick=x> |",
    ],
)
def test_the_renderer_lets_nothing_through(evil: str) -> None:
    from web.markdown import to_html

    html = to_html(evil)
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(r"</?(p|a|img|code|pre|table|thead|tbody|tr|t[hd]|br)(\s[^>]*)?/?>", tag), tag
        assert not re.search(r"(href|src)=\"(?!https?:)", tag), tag
        assert not re.search(r"\son\w+=", tag), tag


@pytest.mark.parametrize("path", ["/a/run-30", "/a/nothing", "/go/nothing", "/nothing", "/healthz"])
def test_every_page_has_safe_headers(bot: Bot, path: str) -> None:
    answer = bot.get(path)
    policy = answer.headers["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'" and rules["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'nonce-[\w-]{16}'", rules["script-src"]) and "unsafe" not in policy
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    )
    assert bot.get(path).headers["Content-Security-Policy"] != policy  # a nonce is used once


def test_the_nonce_of_the_header_is_that_of_the_page(bot: Bot) -> None:
    page = bot.get("/a/run-30")
    policy = page.headers["Content-Security-Policy"]
    for nonce in re.findall(r'nonce="([^"]+)"', page.text):
        assert f"'nonce-{nonce}'" in policy
    assert not re.search(r"<(style|script)(?![^>]*nonce)[\s>]", page.text)
    assert " style=" not in page.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/a/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/a/", 404),
        ("GET", "/a/../etc", 404),
        ("GET", "/a/RUN-30", 404),
        ("POST", "/a/run-30", 405),
        ("DELETE", "/go/x", 405),
        ("PUT", "/healthz", 405),
    ],
)
def test_what_is_not_there_has_a_page_too(bot: Bot, method: str, path: str, status: int) -> None:
    answer = bot.pages.open(path, method=method)
    assert answer.status_code == status and answer.text
    assert "Traceback" not in answer.text and "werkzeug" not in answer.text
    assert answer.mimetype == "text/html"


def test_a_page_that_fails_shows_no_traceback(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def boom(*_: object) -> None:
        raise RuntimeError("secret detail of the shelf")

    monkeypatch.setattr("web.pages.read_page", boom)
    answer = bot.get("/a/run-30")
    assert answer.status_code == 500 and answer.text
    assert "secret detail" not in answer.text and "Traceback" not in answer.text
    assert "secret detail" in caplog.text
    assert "Content-Security-Policy" in answer.headers


def test_every_item_we_ship_has_a_page(real_bot: Bot) -> None:
    assert len(real_bot.live.current.items) >= 40
    for slug, item in real_bot.live.current.items.items():
        page = real_bot.get(f"/a/{slug}")
        assert page.status_code == 200 and item.title in page.text


def test_related_items_are_mostly_of_the_same_subject(real_bot: Bot) -> None:
    items = real_bot.live.current.items
    for slug in items:
        related = re.findall(r'weui-cell_access" href="/a/([a-z0-9-]+)"', real_bot.get(f"/a/{slug}").text)
        same = [other for other in items if items[other].subject == items[slug].subject and other != slug]
        assert len(set(related)) == 3 and slug not in related
        assert sum(other in same for other in related) >= min(2, len(same)), (slug, related)
