"""The recorded webhook vectors: what the platform signs, seals and accepts must agree with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import envelope, xmltext


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
