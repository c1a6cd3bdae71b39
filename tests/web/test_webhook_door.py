"""``/wechat`` as a server hands requests over: sizes, methods, odd queries. Whatever comes, the process lives."""

import io
from typing import Any

import pytest
from bot_in_process import NOON, Bot, nothing_stored
from hypothesis import given
from hypothesis import strategies as st
from wechat_side import body_of, field_xml, query_string


class Flood(io.RawIOBase):
    """A body of any size that counts how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left, self.taken = size, 0

    def read(self, wanted: int = -1) -> bytes:
        given = self.left if wanted < 0 else min(wanted, self.left)
        self.left -= given
        self.taken += given
        return b"x" * given


@pytest.mark.parametrize("declared", ["5242880", "65537", "9" * 4_000])
def test_a_body_that_is_declared_too_large_is_not_read_at_all(bot: Bot, declared: str) -> None:
    flood = Flood(5 * 1024 * 1024)
    heard = bot.post(bot.account.query(NOON), b"", CONTENT_LENGTH=declared, **{"wsgi.input": flood})
    assert heard.status == 413 and flood.taken == 0
    assert nothing_stored(bot)


@pytest.mark.parametrize("declared", ["", None, "-5", "abc", "²"])
def test_a_large_body_without_a_length_is_read_no_further_than_needed(bot: Bot, declared: Any) -> None:
    flood = Flood(5 * 1024 * 1024)
    more = {"CONTENT_LENGTH": declared, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    heard = bot.post(bot.account.query(NOON), b"", **more, **{"wsgi.input": flood})
    assert heard.status == 413 and flood.taken <= 64 * 1024 + 1
    assert nothing_stored(bot)


def test_a_chunked_push_is_answered(safe_bot: Bot) -> None:
    encrypted = safe_bot.account.seal(field_xml(safe_bot.message("o1", Content="在吗")))
    for declared in ("", None):
        heard = safe_bot.post(
            safe_bot.account.sealed_query(NOON, encrypted), body_of(encrypted), CONTENT_LENGTH=declared
        )
        assert heard.words == "一直在"


def test_the_largest_body_that_is_taken(bot: Bot) -> None:
    body = field_xml(bot.message("o1", Content="在吗", Title="")).encode()
    full = body.replace(b"<Title>", b"<Title>" + b"x" * (65_536 - len(body)))
    assert len(full) == 65_536
    assert bot.push(full).words == "一直在"
    assert bot.push(full + b" ").status == 413


def test_a_body_cut_short_is_refused(bot: Bot) -> None:
    body = field_xml(bot.message("o1", Content="在吗")).encode()
    for length in (1, len(body) // 2, len(body) - 1):
        assert bot.post(bot.account.query(NOON), body, CONTENT_LENGTH=str(length)).status == 403
    assert nothing_stored(bot)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused(bot: Bot, method: str) -> None:
    heard = bot.call(method, query_string(bot.account.query(NOON)), field_xml(bot.message("o1", Content="x")).encode())
    assert heard.status == 405
    assert nothing_stored(bot)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&&&",
        "signature",
        "signature=&timestamp=&nonce=",
        "timestamp=%ff%fe",
        "a=" * 5_000,
        "%",
        "timestamp=1&" * 500,
        "signature=\xe7\xad\xbe",
        "\udc80",
        "timestamp=+&nonce=+",
        "echostr=1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_odd_queries_are_refused(bot: Bot, safe_bot: Bot, query: str, method: str) -> None:
    for one in (bot, safe_bot):
        assert one.call(method, query, b"<xml><a>1</a></xml>").status == 403
        assert nothing_stored(one)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_query_and_body_is_refused_politely(bot: Bot, query: str, body: bytes) -> None:
    for method in ("GET", "POST"):
        assert bot.call(method, query, body).status == 403
    assert nothing_stored(bot)


def test_a_stale_push_stores_nothing(bot: Bot, safe_bot: Bot) -> None:
    for one in (bot, safe_bot):
        fields = field_xml(one.message("o1", Content="在吗"))
        sealed = one.account.aes_key
        encrypted = one.account.seal(fields) if sealed else ""
        for off in (-301, 301):
            query = one.account.sealed_query(NOON + off, encrypted) if sealed else one.account.query(NOON + off)
            heard = one.post(query, body_of(encrypted) if sealed else fields.encode())
            assert (heard.status, heard.raw) == (403, b"forbidden")
        assert nothing_stored(one)


def test_the_skew_is_a_setting(workshop: Any) -> None:
    bot = workshop.bot(WECHAT_MAX_SKEW_SECONDS="900")
    fields = field_xml(bot.message("o1", Content="在吗")).encode()
    assert bot.post(bot.account.query(NOON - 899), fields).status == 200
    assert bot.post(bot.account.query(NOON - 901), fields).status == 403


def test_plaintext_in_safe_mode_is_refused(safe_bot: Bot) -> None:
    body = field_xml(safe_bot.message("o1", Content="在吗")).encode()
    assert safe_bot.post(safe_bot.account.query(NOON), body).status == 403
    assert nothing_stored(safe_bot)


def test_in_safe_mode_success_stays_plain_and_the_rest_is_sealed(safe_bot: Bot) -> None:
    assert safe_bot.event("o1", "VIEW", "https://x").raw == b"success"
    heard = safe_bot.say("o1", "在吗")
    assert b"<Encrypt>" in heard.raw and "一直在".encode() not in heard.raw


def test_what_kind_of_answer_it_is(bot: Bot) -> None:
    assert bot.say("o1", "在吗").kind == "application/xml; charset=utf-8"
    assert bot.event("o1", "VIEW", "https://x").kind == "text/plain; charset=utf-8"


def test_a_percent_encoded_signature_is_read(bot: Bot) -> None:
    query = query_string(bot.account.query(NOON, nonce="a+b c/=&"))
    assert bot.call("POST", query, field_xml(bot.message("o1", Content="在吗")).encode()).words == "一直在"


def test_only_this_path_is_the_door(bot: Bot) -> None:
    for path in ("/wechat/", "/wechat/x", "/WECHAT"):
        assert bot.pages.post(path, query_string=bot.account.query(NOON), data=b"<xml/>").status_code in (404, 405)
