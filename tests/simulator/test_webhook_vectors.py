"""The recorded webhook vectors: what the platform signs, seals and accepts must agree with them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import envelope, xmltext
from simulator.account import Account
from simulator.grading import judge
from simulator.settings import Settings
from simulator.transport import Answer


def vectors(samples: Path, folder: str) -> list[Any]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((samples / "webhook" / folder).glob("*.json"))]


def test_signatures(samples: Path) -> None:
    checked = 0
    for vector in vectors(samples, "signature"):
        if "signature" in vector:
            assert envelope.sign(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]
            checked += 1
    assert checked == 3


def test_packets_are_opened(samples: Path) -> None:
    checked = 0
    for vector in vectors(samples, "encrypted"):
        expected = vector.get("expect", {})
        if not vector.get("http_body") or not expected.get("msg_signature_valid"):
            continue
        config, query = vector["config"], vector["query"]
        fields = xmltext.read(vector["http_body"].encode())
        signed = envelope.sign(config["token"], query["timestamp"], query["nonce"], fields["Encrypt"])
        assert signed == query["msg_signature"]
        plain = envelope.unseal(fields["Encrypt"], config["encoding_aes_key"], expected["receive_id"])
        assert plain.decode() == expected["plaintext"]
        checked += 1
    assert checked >= 8


def test_sealing_gives_the_recorded_bytes(samples: Path) -> None:
    checked = 0
    for vector in vectors(samples, "encrypted"):
        if "random16" in vector and "encrypt" in vector.get("expect", {}):
            config = vector["config"]
            random16 = vector["random16"].encode()
            sealed = envelope.seal(vector["plaintext"].encode(), config["encoding_aes_key"], config["appid"], random16)
            assert sealed == vector["expect"]["encrypt"]
            checked += 1
    assert checked == 3


def test_passive_replies_are_read(samples: Path) -> None:
    files = sorted((samples / "webhook" / "reply").glob("*.xml"))
    assert files
    for file in files:
        assert xmltext.read(file.read_bytes().strip())["MsgType"], file.name


def test_recorded_replies_are_judged_good(samples: Path, account: Account) -> None:
    """All but the one with two articles, in the names of this account."""
    for file in sorted((samples / "webhook" / "reply").glob("*.xml")):
        fields = xmltext.read(file.read_bytes().strip())
        named = {**fields, "ToUserName": "oX", "FromUserName": account.original_id}
        answer = Answer(200, xmltext.write(named).encode())
        verdict = judge(answer, account, "oX", Settings(mode="plain"))
        wanted = "one_article" if file.name == "news_two_articles.xml" else "reply"
        assert verdict.rule == wanted, (file.name, verdict)


def test_a_wrong_msg_signature_is_refused(samples: Path, account: Account) -> None:
    vector = json.loads((samples / "webhook/encrypted/oa_safe_mode_text_WRONG_msg_signature.json").read_text("utf-8"))
    config, query = vector["config"], vector["query"]
    same = replace(account, token=config["token"], aes_key=config["encoding_aes_key"], app_id=config["appid"])
    body = xmltext.read(vector["http_body"].encode())
    stamped = body | {"TimeStamp": query["timestamp"], "Nonce": query["nonce"]}
    for signature, rule in (
        (query["msg_signature"], "msg_signature"),
        (vector["expect"]["correct_msg_signature"], "names_swapped"),
    ):
        answer = Answer(200, xmltext.write(stamped | {"MsgSignature": signature}).encode())
        assert judge(answer, same, "oX", Settings()).rule == rule


def test_hostile_answers_are_refused(samples: Path) -> None:
    for file in sorted((samples / "webhook" / "hostile").glob("*.xml")):
        if file.name != "fragment_injection.xml":
            with pytest.raises(xmltext.XmlError):
                xmltext.read(file.read_bytes())


def test_a_plain_message_is_written_as_recorded(samples: Path) -> None:
    vector = json.loads((samples / "webhook/encrypted/oa_safe_mode_text_both_signatures.json").read_text("utf-8"))
    fields = dict(vector["expect"]["fields"])
    for number in ("CreateTime", "MsgId"):
        fields[number] = int(fields[number])
    assert xmltext.write(fields) == vector["expect"]["plaintext"]


def test_wrong_keys_and_lengths_are_named() -> None:
    key, other = "a" * 43, "b" * 43
    sealed = envelope.seal("你好".encode(), key, "wx1")
    assert envelope.unseal(sealed, key, "wx1").decode() == "你好"
    for text, aes_key, app_id, rules in (
        (sealed, key, "wx2", {"foreign_appid"}),
        (sealed, other, "wx1", {"bad_padding", "bad_length", "foreign_appid"}),
        ("!!", key, "wx1", {"not_base64"}),
        ("", key, "wx1", {"bad_length"}),
        ("AAAA", key, "wx1", {"bad_length"}),
    ):
        with pytest.raises(envelope.EnvelopeError) as caught:
            envelope.unseal(text, aes_key, app_id)
        assert caught.value.rule in rules
