"""The envelope against an encrypter and a decrypter written apart from it: opening is verifying."""

import base64
import hmac
import os
import struct

import pytest
from bot_in_process import ACCOUNT, AES_KEY, APP_ID, NOON, TOKEN, Bot, nothing_stored
from hypothesis import given, settings
from hypothesis import strategies as st
from wechat_side import Account, body_of, field_xml, pad, read_fields, sign

from errors import Refused
from wechat.envelope import Envelope

ACCOUNT_THERE = Account(TOKEN, APP_ID, AES_KEY)
ENVELOPE = Envelope(TOKEN, APP_ID, AES_KEY, 300)
PLAIN = Envelope(TOKEN, APP_ID, "", 300)
FIELDS = {
    "ToUserName": ACCOUNT, "FromUserName": "o1", "CreateTime": str(NOON), "MsgType": "text", "Content": "跑步",
    "MsgId": "6074746557628292943",
}  # fmt: skip

xml_characters = st.characters(
    codec="utf-8", exclude_characters="\r", exclude_categories=("Cs", "Cc"),
).filter(lambda one: one not in "\ufffe\uffff")  # fmt: skip


def safe(fields: dict[str, object] | None = None) -> tuple[dict[str, str], bytes]:
    encrypted = ACCOUNT_THERE.seal(field_xml(fields or FIELDS))
    return ACCOUNT_THERE.sealed_query(NOON, encrypted), body_of(encrypted)


@given(st.text())
def test_what_is_sealed_opens_to_the_same(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    sealed = ENVELOPE.seal(text, NOON)
    assert ACCOUNT_THERE.open_answer(sealed) == text


@given(st.text(xml_characters, max_size=80))
def test_what_wechat_seals_is_opened(words: str) -> None:
    query, body = safe({**FIELDS, "Content": words})
    opened = ENVELOPE.open(query, body, NOON)
    assert opened.sealed
    assert opened.fields == {**FIELDS, "Content": words.strip()}


def test_every_length_of_padding_is_sealed_and_opened() -> None:
    seen = set()
    for length in range(64):
        text = "x" * length
        raw = base64.b64decode(read_fields(ENVELOPE.seal(text, NOON))["Encrypt"])
        seen.add(len(raw) - 16 - 4 - length - len(APP_ID))
        query, body = safe({**FIELDS, "Content": text})
        assert ENVELOPE.open(query, body, NOON).fields["Content"] == text
    assert seen == set(range(1, 33))


def test_two_seals_of_one_reply_differ() -> None:
    first, second = (read_fields(ENVELOPE.seal("<xml/>", NOON)) for _ in range(2))
    assert first["Encrypt"] != second["Encrypt"]
    assert first["Nonce"] != second["Nonce"]


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    """A flipped bit of the cipher text, signed by someone who does not know the token."""
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    raw = bytearray(base64.b64decode(encrypted))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    query = ACCOUNT_THERE.sealed_query(NOON, encrypted)
    with pytest.raises(Refused, match="msg_signature"):
        ENVELOPE.open(query, body_of(base64.b64encode(raw).decode()), NOON)


@pytest.mark.parametrize("name", ["signature", "msg_signature", "timestamp", "nonce"])
def test_any_changed_part_of_the_query_is_refused(name: str) -> None:
    query, body = safe()
    for place in range(len(query[name])):
        was = query[name][place]
        other = "1" if was != "1" else "2"
        changed = {**query, name: query[name][:place] + other + query[name][place + 1 :]}
        with pytest.raises(Refused):
            ENVELOPE.open(changed, body, NOON)


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_any_missing_part_of_the_query_is_refused(name: str) -> None:
    query, body = safe()
    del query[name]
    with pytest.raises(Refused):
        ENVELOPE.open(query, body, NOON)


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce"])
def test_in_plaintext_mode_too(name: str) -> None:
    body = field_xml(FIELDS).encode()
    query = ACCOUNT_THERE.query(NOON)
    assert PLAIN.open(query, body, NOON).fields == FIELDS
    del query[name]
    with pytest.raises(Refused):
        PLAIN.open(query, body, NOON)


@pytest.mark.parametrize("off", [-301, 301, -86_400 * 1_000, 10**11])
def test_a_stale_or_future_push_is_refused(off: int) -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    with pytest.raises(Refused, match="timestamp"):
        ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON + off, encrypted), body_of(encrypted), NOON)
    with pytest.raises(Refused, match="timestamp"):
        PLAIN.open(ACCOUNT_THERE.query(NOON + off), field_xml(FIELDS).encode(), NOON)
    with pytest.raises(Refused, match="timestamp"):
        PLAIN.verify_url(ACCOUNT_THERE.query(NOON + off, echostr="1"), NOON)


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_a_clock_that_is_a_little_off_is_allowed(off: int) -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    assert ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON + off, encrypted), body_of(encrypted), NOON)


@pytest.mark.parametrize(
    "stamp",
    ["", " ", "-1", "+1795406400", "1795406400.0", "1e9", "十七亿", "１７９５４０６４００", "٣", "9" * 5_000, "0x6b"],
)
def test_a_timestamp_that_is_no_number_is_refused(stamp: str) -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    with pytest.raises(Refused, match="timestamp"):
        ENVELOPE.open(ACCOUNT_THERE.sealed_query(stamp, encrypted), body_of(encrypted), NOON)


@pytest.mark.parametrize("signature", ["", "签名", "é" * 40, "\udcff" * 40, "A" * 40])
def test_a_strange_signature_is_refused(signature: str) -> None:
    query, body = safe()
    for name in ("signature", "msg_signature"):
        with pytest.raises(Refused, match="signature"):
            ENVELOPE.open({**query, name: signature}, body, NOON)


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """W5: an early end of the comparison tells how much of a guess is right."""
    compared: list[bytes] = []
    real = hmac.compare_digest
    monkeypatch.setattr(
        "wechat.envelope.hmac.compare_digest", lambda one, other: compared.append(other) or real(one, other)
    )
    query, body = safe()
    ENVELOPE.open(query, body, NOON)
    assert {query["signature"].encode(), query["msg_signature"].encode(), APP_ID.encode()} <= set(compared)


def test_a_signature_in_capitals_is_another_one() -> None:
    query, body = safe()
    with pytest.raises(Refused):
        ENVELOPE.open({**query, "msg_signature": query["msg_signature"].upper()}, body, NOON)


def test_plaintext_in_safe_mode_is_refused() -> None:
    with pytest.raises(Refused, match="not encrypted"):
        ENVELOPE.open(ACCOUNT_THERE.query(NOON), field_xml(FIELDS).encode(), NOON)


def test_of_compatible_mode_only_the_sealed_half_is_believed() -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    body = field_xml({**FIELDS, "Content": "forged", "FromUserName": "someone", "Encrypt": encrypted}).encode()
    assert ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON, encrypted), body, NOON).fields == FIELDS


def test_two_encrypted_parts_are_refused() -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS))
    body = field_xml({"Encrypt": [encrypted, encrypted]}).encode()
    with pytest.raises(Refused):
        ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON, encrypted), body, NOON)


@pytest.mark.parametrize("app_id", ["", "wx", APP_ID[:-1], APP_ID + "0", APP_ID.upper(), "wxffffffffffffffff"])
def test_a_foreign_app_id_is_refused(app_id: str) -> None:
    encrypted = ACCOUNT_THERE.seal(field_xml(FIELDS), app_id=app_id)
    with pytest.raises(Refused, match="another app id"):
        ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON, encrypted), body_of(encrypted), NOON)


def whole(message: bytes, length: int) -> bytes:
    return os.urandom(16) + struct.pack(">I", length) + message + APP_ID.encode()


def opened_bytes(padded: bytes) -> object:
    encrypted = ACCOUNT_THERE.seal_bytes(padded)
    return ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON, encrypted), body_of(encrypted), NOON)


@pytest.mark.parametrize("number", [0, 33, 64, 255])
def test_padding_outside_of_1_to_32_is_refused(number: int) -> None:
    message = field_xml(FIELDS).encode()
    plain = whole(message, len(message))
    room = -len(plain) % 32 or 32
    with pytest.raises(Refused, match="padding"):
        opened_bytes(plain + bytes(room - 1) + bytes([number]))


@pytest.mark.parametrize("more", [1, 31, 10_000, 2**31, 2**32 - 1 - 400])
def test_a_length_past_the_end_is_refused(more: int) -> None:
    message = field_xml(FIELDS).encode()
    with pytest.raises(Refused):
        opened_bytes(pad(whole(message, len(message) + more)))


def test_a_length_that_is_too_short_is_refused() -> None:
    message = field_xml(FIELDS).encode()
    for less in (1, len(message)):
        with pytest.raises(Refused):
            opened_bytes(pad(whole(message, len(message) - less)))


@given(st.binary(max_size=200))
def test_garbage_that_is_well_signed_is_refused(garbage: bytes) -> None:
    for encrypted in (base64.b64encode(garbage).decode(), ACCOUNT_THERE.seal_bytes(pad(garbage)), "!!", "=", "密"):
        with pytest.raises(Refused):
            ENVELOPE.open(ACCOUNT_THERE.sealed_query(NOON, encrypted), body_of(encrypted), NOON)


@given(st.binary(max_size=300))
def test_a_body_of_garbage_is_refused(garbage: bytes) -> None:
    for envelope in (ENVELOPE, PLAIN):
        with pytest.raises(Refused):
            envelope.open(ACCOUNT_THERE.query(NOON), garbage, NOON)


def test_a_key_with_spare_bits_is_taken() -> None:
    """43 random letters and digits: two bits of the last are spare, and need not be zero."""
    key = AES_KEY[:-1] + "Z"
    there, here = Account(TOKEN, APP_ID, key), Envelope(TOKEN, APP_ID, key, 300)
    encrypted = there.seal(field_xml(FIELDS))
    assert here.open(there.sealed_query(NOON, encrypted), body_of(encrypted), NOON).fields == FIELDS


def test_without_a_token_there_is_no_envelope() -> None:
    with pytest.raises(ValueError):
        Envelope("", APP_ID, AES_KEY, 300)


@pytest.mark.parametrize("echo", ["", "<script>", "a" * 65, "1 2", "1\n", "中"])
def test_a_strange_echostr_is_not_echoed(echo: str) -> None:
    with pytest.raises(Refused, match="echostr"):
        PLAIN.verify_url(ACCOUNT_THERE.query(NOON, echostr=echo), NOON)
    with pytest.raises(Refused, match="echostr"):
        ENVELOPE.verify_url(ACCOUNT_THERE.query(NOON, echostr=echo), NOON)


def test_in_safe_mode_the_clear_echostr_is_answered_too() -> None:
    assert ENVELOPE.verify_url(ACCOUNT_THERE.query(NOON, echostr="5833258582299191661"), NOON) == "5833258582299191661"
    sealed = {"timestamp": str(NOON), "nonce": "n", "echostr": "not sealed"}
    sealed["msg_signature"] = sign(TOKEN, str(NOON), "n", "not sealed")
    with pytest.raises(Refused):
        ENVELOPE.verify_url(sealed, NOON)


SHADOWS = "<source>evil</source><content>evil</content><type>evil</type><target>evil</target><time>1</time>"


def test_elements_that_would_shadow_attributes_are_dropped(bot: Bot) -> None:
    """W15: WeRoBot's fields are attributes, and a body element in lower case would hide them."""
    fields = PLAIN.open(
        ACCOUNT_THERE.query(NOON), field_xml(FIELDS).replace("</xml>", SHADOWS + "</xml>").encode(), NOON
    )
    assert fields.fields == FIELDS
    heard = bot.push(field_xml(bot.message("o1", Content="发票")).replace("</xml>", SHADOWS + "</xml>"))
    assert heard.fields["ToUserName"] == "o1"
    assert heard.words == "发票这样开"
    (kept,) = bot.rows("behaviours")
    assert (kept["openid"], kept["form"], kept["text"]) == ("o1", "text", "发票")


@pytest.mark.parametrize("name", ["MsgType", "FromUserName", "ToUserName", "Content", "MsgId", "CreateTime", "Event"])
def test_a_field_given_twice_is_refused(bot: Bot, safe_bot: Bot, name: str) -> None:
    for one in (bot, safe_bot):
        double = f"<{name}>text</{name}>" * (1 if name in FIELDS else 2)
        assert one.push(field_xml(one.message("o1", Content="hi")).replace("</xml>", double + "</xml>")).status == 403
        assert nothing_stored(one)


@pytest.mark.parametrize("name", ["MsgType", "FromUserName", "Content", "MsgId"])
def test_a_field_that_holds_elements_is_refused(bot: Bot, safe_bot: Bot, name: str) -> None:
    for one in (bot, safe_bot):
        assert one.push({**one.message("o1", Content="hi"), name: {"a": "b"}}).status == 403
        assert nothing_stored(one)


@pytest.mark.parametrize("missing", ["MsgType", "FromUserName"])
def test_a_push_without_who_or_what(bot: Bot, safe_bot: Bot, missing: str) -> None:
    for one in (bot, safe_bot):
        fields = one.message("o1", Content="hi")
        del fields[missing]
        heard = one.push(fields)
        assert heard.status == 403 or heard.silent
        assert not one.rows("followers", openid="")
        assert not one.rows("behaviours", openid="")
