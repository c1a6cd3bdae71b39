"""What monitoring asks."""

import os
import sqlite3

import pytest
from bot_in_process import Bot


def test_alive(bot: Bot) -> None:
    assert bot.get("/healthz").get_json() == {"status": "alive"}


def test_ready(bot: Bot) -> None:
    answer = bot.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "causes": {}})


def test_a_writer_at_work_does_not_make_it_unready(bot: Bot) -> None:
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    assert bot.get("/readyz").status_code == 200
    other.execute("rollback")


def test_without_a_database_it_is_alive_but_not_ready(bot: Bot) -> None:
    bot.close()
    for name in os.listdir(bot.database.parent):
        if name.startswith(bot.database.name):
            os.unlink(bot.database.parent / name)
    bot.database.write_bytes(b"not a database at all" * 500)
    answer = bot.get("/readyz")
    assert answer.status_code == 503
    told = answer.get_json()
    assert told["ready"] is False and told["causes"]["database"]
    assert str(bot.database) not in answer.text and "select" not in answer.text.lower()
    assert bot.get("/healthz").status_code == 200


def test_faulty_content_is_told_and_serves_on(bot: Bot) -> None:
    bot.live.mistakes = ["articles/x.md:7: price: wrong"]
    answer = bot.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"ready": True, "causes": {"content": "articles/x.md:7: price: wrong"}}


def test_what_is_counted(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", 0.02)
    bot.say("o1", "在吗")
    bot.say("o1", "在吗")
    bot.event("o1", "subscribe")
    bot.call("POST", "signature=1", b"x")
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    bot.say("o1", "在吗")
    other.execute("rollback")
    answer = bot.get("/metrics")
    assert answer.mimetype == "text/plain"
    assert 'shutong_pushes_total{kind="message",outcome="answered"} 2.0' in answer.text
    assert 'shutong_pushes_total{kind="follow",outcome="answered"} 1.0' in answer.text
    assert 'shutong_pushes_total{kind="push",outcome="refused"} 1.0' in answer.text
    assert 'shutong_pushes_total{kind="message",outcome="apologised"} 1.0' in answer.text
    assert "o1" not in answer.text
