"""Every recorded file of ../shared/wechat-samples/webhook goes through the running application, as its README says."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import AES_KEY, SAMPLES, Bot, Workshop, nothing_stored
from wechat_side import Account, body_of, query_string, read_fields, sign

from domain.message import Message
from domain.reply import Card, HandOver, Text
from errors import Refused
from wechat.envelope import Envelope
from wechat.replies import render

ABSENT = "the recorded samples (../shared/wechat-samples) are not on this machine"


def files(folder: str, pattern: str) -> list[Any]:
    """The files of a folder as parameters; one skipped parameter where there are none."""
    found = sorted((SAMPLES / folder).glob(pattern))
    if not found:
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=ABSENT))]
    return [pytest.param(file, id=file.stem) for file in found]


def expected_fields(file: Path) -> dict[str, Any]:
    """What the manifest says the payload holds."""
    manifest = json.loads((SAMPLES.parent / "manifest.json").read_text("utf-8"))
    name = file.relative_to(SAMPLES.parent).as_posix()
    return next(stripped(one["expect"]["fields"]) for one in manifest if one["file"] == name)


def stripped(told: Any) -> Any:
    """Without white space around values: some samples have it, and a parser must strip it."""
    if isinstance(told, dict):
        return {name: stripped(value) for name, value in told.items()}
    return [stripped(one) for one in told] if isinstance(told, list) else told.strip()


def vector(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text("utf-8")))


def bot_of(workshop: Workshop, config: dict[str, str], at: str, **other: str) -> Bot:
    """A bot with a vector's own keys, living at the vector's own time."""
    keys = {"WECHAT_TOKEN": config["token"], "WECHAT_AES_KEY": config["encoding_aes_key"]}
    bot = workshop.bot(**{**keys, "WECHAT_APP_ID": config["appid"], **other})
    bot.clock.now = int(at)
    return bot


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("file", files("inbound", "*.xml"))
def test_a_message_is_answered_and_kept(workshop: Workshop, file: Path, mode: str) -> None:
    bot = workshop.bot(**({"WECHAT_AES_KEY": AES_KEY} if mode == "safe" else {}))
    fields = expected_fields(file)
    heard = bot.push(file.read_bytes())
    assert heard.status == 200
    (kept,) = bot.rows("behaviours")
    assert kept["openid"] == fields["FromUserName"]
    assert kept["form"] == fields["MsgType"]
    if fields["MsgType"] == "notsure":
        assert heard.silent
        return
    assert kept["text"] == fields.get("Content", fields.get("Recognition", ""))
    assert heard.fields["ToUserName"] == fields["FromUserName"]
    assert heard.fields["FromUserName"] == fields["ToUserName"]
    assert heard.fields["CreateTime"] == str(int(bot.clock.now))
    assert heard.fields["MsgType"] in ("text", "news")
    if "bizmsgmenuid" in fields:
        assert kept["detail"] == fields["bizmsgmenuid"] == "101"
    assert bot.push(file.read_bytes()).xml == heard.xml
    assert len(bot.rows("behaviours")) == 1


ANSWERED = ("subscribe", "scan", "click", "scancode_waitmsg")


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("file", files("events", "*.xml"))
def test_an_event_is_answered_or_taken_note_of(workshop: Workshop, file: Path, mode: str) -> None:
    bot = workshop.bot(**({"WECHAT_AES_KEY": AES_KEY} if mode == "safe" else {}))
    fields = expected_fields(file)
    event = fields["Event"].lower()
    heard = bot.push(file.read_bytes())
    assert heard.status == 200
    if event in ANSWERED:
        assert heard.fields["MsgType"] in ("text", "news")
        assert heard.fields["ToUserName"] == fields["FromUserName"]
    else:
        assert heard.silent
    kept, reports = bot.rows("behaviours"), bot.rows("platform_reports")
    if event == "location":
        assert nothing_stored(bot)
        return
    assert len(kept) + len(reports) == 1
    for report in reports:
        assert report["event"] == f"{event}_event"
        body = json.loads(report["body"])
        assert {**body, "MsgType": "event", "Event": fields["Event"], "type": ""} == {**fields, "type": ""}
    for one in kept:
        assert one["form"] == f"{event}_event"
        assert fields.get("EventKey", "") in (one["detail"], "6")  # a scanned code says more than the button's 6


def test_how_the_recorded_followers_came(workshop: Workshop) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(ABSENT)
    came = {
        "subscribe_last_trade_no": "pay", "subscribe_no_eventkey": "", "subscribe_empty_eventkey": "",
    }  # fmt: skip
    for name, source in came.items():
        bot = workshop.bot()
        bot.push((SAMPLES / "events" / f"{name}.xml").read_bytes())
        assert bot.rows("followers")[0]["source"] == source, name
    bot, scene = workshop.bot(), expected_fields(SAMPLES / "events" / "subscribe_qrscene.xml")["EventKey"]
    bot.push((SAMPLES / "events" / "subscribe_qrscene.xml").read_bytes())
    assert scene.startswith("qrscene_")
    assert bot.rows("followers")[0]["source"] == "qr:" + scene.removeprefix("qrscene_")


@pytest.mark.parametrize("file", files("events_json", "*.json"))
def test_json_is_no_push_to_an_official_account(bot: Bot, file: Path) -> None:
    assert bot.push(file.read_bytes()).status == 403
    assert nothing_stored(bot)


@pytest.mark.parametrize("file", files("hostile", "*.xml"))
@pytest.mark.parametrize("mode", ["plain", "outside", "inside"])
def test_hostile_xml_is_refused(bot: Bot, safe_bot: Bot, file: Path, mode: str) -> None:
    body = file.read_bytes()
    if mode == "plain":
        heard, asked = bot.push(body), bot
    elif mode == "outside":
        heard, asked = safe_bot.post(safe_bot.account.sealed_query(int(safe_bot.clock.now), "x"), body), safe_bot
    else:
        heard, asked = safe_bot.push(body), safe_bot
    assert heard.status == 403
    assert b"root:" not in heard.raw
    assert nothing_stored(asked)


def encrypted(prefix: str) -> list[Any]:
    """The packets whose names begin so; the one without a body has a test of its own."""
    return [one for one in files("encrypted", f"{prefix}*.json") if one.id != "oa_signature_only"]


@pytest.mark.parametrize("file", [*encrypted("oa_"), *encrypted("component_"), *encrypted("work_text")])
def test_an_encrypted_packet_is_opened(workshop: Workshop, file: Path) -> None:
    told = vector(file)
    bot = bot_of(workshop, told["config"], told["query"]["timestamp"])
    heard = bot.post(told["query"], told["http_body"].encode())
    fields = told["expect"]["fields"]
    if not told["expect"]["msg_signature_valid"]:
        assert heard.status == 403
        assert nothing_stored(bot)
        again = bot.post(
            {**told["query"], "msg_signature": told["expect"]["correct_msg_signature"]}, told["http_body"].encode()
        )
        assert again.fields["ToUserName"] == fields["FromUserName"]
        return
    assert heard.status == 200
    if "InfoType" in fields:  # for a third-party platform: nobody wrote, so nobody is answered or kept
        assert heard.silent
        assert nothing_stored(bot)
        return
    assert b"<Encrypt>" in heard.raw
    assert heard.fields["ToUserName"] == fields["FromUserName"]
    (kept,) = bot.rows("behaviours")
    assert (kept["openid"], kept["text"]) == (fields["FromUserName"], fields.get("Content", ""))
    opened = Envelope(told["config"]["token"], told["config"]["appid"], told["config"]["encoding_aes_key"], 300).open(
        told["query"], told["http_body"].encode(), int(told["query"]["timestamp"])
    )
    assert opened.fields == fields and opened.sealed


@pytest.mark.parametrize("file", [*encrypted("oa_"), *encrypted("component_"), *encrypted("work_text")])
def test_its_negative_cases_are_refused(workshop: Workshop, file: Path) -> None:
    told = vector(file)
    listed = [case["change"] for case in told.get("negative_cases", [])]
    own = [{"msg_signature": "0" * 40}, {"appid": "wx0000000000000000"}, {"token": "other"}, {"nonce": "1"}]
    for change in listed + own:
        config = {**told["config"], **{name: value for name, value in change.items() if name in told["config"]}}
        query = {**told["query"], **{name: value for name, value in change.items() if name in told["query"]}}
        assert (config, query) != (told["config"], told["query"])
        bot = bot_of(workshop, config, told["query"]["timestamp"])
        assert bot.post(query, told["http_body"].encode()).status == 403, change
        assert nothing_stored(bot)


def test_the_packet_whose_key_is_not_published_has_a_good_signature(workshop: Workshop) -> None:
    file = SAMPLES / "encrypted" / "oa_signature_only.json"
    if not file.exists():
        pytest.skip(ABSENT)
    told = vector(file)
    query, at = told["query"], int(told["query"]["timestamp"])
    envelope = Envelope(told["config"]["token"], "wx1", AES_KEY, 300)
    with pytest.raises(Refused, match=r"padding|decryptable|app id"):
        envelope.open(query, body_of(told["encrypt"]), at)
    with pytest.raises(Refused, match="wrong msg_signature"):
        envelope.open({**query, "nonce": "1"}, body_of(told["encrypt"]), at)


@pytest.mark.parametrize("file", encrypted("work_echostr"))
def test_an_encrypted_echostr_is_answered_in_clear(workshop: Workshop, file: Path) -> None:
    told = vector(file)
    config = {**told["config"], "appid": told["expect"]["receive_id"]}
    bot = bot_of(workshop, config, told["query"]["timestamp"])
    heard = bot.call("GET", query_string(told["query"]))
    assert (heard.status, heard.raw.decode()) == (200, told["expect"]["answer_body"])
    assert heard.kind.startswith("text/plain")
    spoilt = {**told["query"], "msg_signature": "0" * 40}
    assert bot.call("GET", query_string(spoilt)).status == 403
    assert bot_of(workshop, {**config, "appid": "wxother"}, told["query"]["timestamp"]).call(
        "GET", query_string(told["query"])
    ).status == 403  # fmt: skip


@pytest.mark.parametrize("file", files("signature", "url_verify_*.json"))
def test_the_address_check_of_the_console(workshop: Workshop, file: Path) -> None:
    told = vector(file)
    assert sign(told["token"], told["timestamp"], told["nonce"]) == told["signature"]
    bot = workshop.bot(WECHAT_TOKEN=told["token"])
    bot.clock.now = int(told["timestamp"])
    query = {name: told[name] for name in ("signature", "timestamp", "nonce")}
    query["echostr"] = told.get("echostr", "5833258582299191661")
    heard = bot.call("GET", query_string(query))
    assert (heard.status, heard.kind, heard.raw.decode()) == (200, "text/plain; charset=utf-8", query["echostr"])
    assert bot.call("GET", query_string({**query, "signature": "0" * 40})).status == 403


def test_the_signature_primitive() -> None:
    file = SAMPLES / "signature" / "sha1_primitives.json"
    if not file.exists():
        pytest.skip(ABSENT)
    told = vector(file)["sha1_sorted_concat"]
    assert sign(*told["in"]) == told["out"]
    ampersand = vector(file)["sha1_joined_with_ampersand"]
    assert hashlib.sha1("&".join(ampersand["in"]).encode()).hexdigest() == ampersand["out"]


@pytest.mark.parametrize("file", encrypted("encrypt_"))
def test_what_we_seal_is_sealed_as_recorded(file: Path) -> None:
    """Ours opens to the recorded plaintext, and differs from the recorded text by its random prefix only."""
    told = vector(file)
    config, plaintext = told["config"], told["plaintext"]
    account = Account(config["token"], config["appid"], config["encoding_aes_key"])
    recorded = account.seal(plaintext, told["random16"].encode())
    assert recorded == told["expect"]["encrypt"]
    sealed = Envelope(config["token"], config["appid"], config["encoding_aes_key"], 300).seal(plaintext, 1411525903)
    assert account.open_answer(sealed) == plaintext
    ours = read_fields(sealed)["Encrypt"]
    assert account.unseal(ours)[1:] == account.unseal(recorded)[1:]
    assert len(base64.b64decode(ours)) == len(base64.b64decode(recorded))
    if "xml" in told["expect"]:
        assert set(read_fields(sealed)) == set(read_fields(told["expect"]["xml"]))


@pytest.mark.parametrize("file", files("reply", "*.xml"))
def test_a_reply_has_the_elements_of_the_recorded_one(file: Path) -> None:
    recorded = read_fields(file.read_bytes().strip())
    message = Message("m1", recorded["ToUserName"], recorded["FromUserName"], 0, "message", "text")
    kind = recorded["MsgType"]
    if kind == "text":
        made = render(Text(recorded["Content"]), message, int(recorded["CreateTime"]))
        assert read_fields(made) == recorded
    elif kind == "transfer_customer_service":
        made = render(HandOver(), message, int(recorded["CreateTime"]))
        assert read_fields(made) == {name: value for name, value in recorded.items() if name != "TransInfo"}
    elif kind == "news":
        articles = recorded["Articles"]["item"]
        first = articles[0] if isinstance(articles, list) else articles
        card = Card(first["Title"], first["Description"], first["Url"], first["PicUrl"])
        made = render(card, message, int(recorded["CreateTime"]))
        # Of two articles the platform shows one, or an error: ours never has more.
        assert read_fields(made) == {**recorded, "ArticleCount": "1", "Articles": {"item": first}}
    else:
        assert kind in ("image", "voice", "video", "music")  # the bot never sends these: it has no media to upload
