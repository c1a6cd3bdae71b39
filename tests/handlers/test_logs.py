"""The log helps the operator and tells nothing of followers: no openid, no words, no secret."""

import logging
import sqlite3
from typing import Any

import pytest
from bot_in_process import AES_KEY, APP_SECRET, DATA_KEY, SECRET_KEY, TOKEN, Workshop
from wechat_side import field_xml

OPENID = "oLogTest_7Kq2vXw9TbLm3n"
WORDS = "我偷偷想学烘焙戚风"
SECRETS = (OPENID, WORDS, "戚风", SECRET_KEY, APP_SECRET, DATA_KEY, AES_KEY, TOKEN)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything a handler would write, tracebacks too."""
    form = logging.Formatter("%(levelname)s %(name)s %(message)s")
    return "\n".join(form.format(record) for record in caplog.records)


def boom(*_: Any) -> Any:
    raise RuntimeError("the shelf fell over")


def test_a_whole_day_leaves_no_personal_word_in_the_log(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", 0.05)
    bot = workshop.bot(WECHAT_AES_KEY=AES_KEY)
    bot.event(OPENID, "subscribe", "qrscene_7", Ticket="t")
    heard = bot.say(OPENID, WORDS)
    for words in ("推荐", "1", "为什么", "我的", "不想学理财", "删除我的数据", WORDS * 100):
        bot.say(OPENID, words)
    for link in heard.links:
        bot.get(link, follow_redirects=True)
    bot.get("/nothing-here")
    bot.event(OPENID, "MASSSENDJOBFINISH", MsgID="1")
    # what is refused
    fields = bot.message(OPENID, Content=WORDS)
    assert bot.post(bot.account.query(int(bot.clock.now)), field_xml(fields).encode()).status == 403
    assert bot.post({"signature": WORDS, "timestamp": WORDS}, WORDS.encode()).status == 403
    assert bot.push("<xml>" + WORDS).status == 403
    # what fails
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    assert bot.say(OPENID, WORDS).words.startswith("书童这会儿有点忙")
    bot.get(heard.links[0])
    other.execute("rollback")
    monkeypatch.setattr("handlers.visit.understand", boom)
    assert bot.say(OPENID, WORDS).words.startswith("书童刚才走神了")
    told = logged(caplog)
    assert "refused" in told and "not stored" in told and "RuntimeError: the shelf fell over" in told
    for secret in SECRETS:
        assert secret not in told


def test_what_is_refused_is_told_by_its_reason(workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    bot = workshop.bot()
    bot.post(bot.account.query(int(bot.clock.now) - 1_000), b"<xml/>")
    bot.post({**bot.account.query(int(bot.clock.now)), "signature": "0"}, b"<xml/>")
    first, second = (record.getMessage() for record in caplog.records)
    assert "timestamp off by 1000 s" in first
    assert "wrong signature" in second


@pytest.mark.parametrize(
    "fields", [{"MsgId": "1\n2026-11-23 ERROR root: forged"}, {"MsgType": "x\u2028\nERROR root: forged"}]
)
def test_a_push_cannot_write_log_lines_of_its_own(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]
) -> None:
    bot = workshop.bot()
    monkeypatch.setattr("handlers.door.admit", boom)
    assert bot.push({**bot.message(OPENID, Content="hi"), **fields}).status == 200
    (line,) = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert "failed" in line and len(line.splitlines()) == 1 and "ERROR" not in line
