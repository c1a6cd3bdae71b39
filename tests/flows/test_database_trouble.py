"""A database locked, read-only or gone: the follower hears a sentence, the log has a line, nothing is stored."""

import logging
import os
import sqlite3
from collections.abc import Iterator

import pytest
from bot_in_process import Bot, Workshop

BUSY = "书童这会儿有点忙，没记下你刚才的话。再试一次"
WORDS = "我想要一双跑步用的秘密鞋"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.store.STORE_PATIENCE_SECONDS", 0.05)


@pytest.fixture
def locked(bot: Bot) -> Iterator[Bot]:
    """Somebody else is writing and does not end."""
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    yield bot
    other.execute("rollback")
    other.close()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def test_locked_for_writing(locked: Bot, caplog: pytest.LogCaptureFixture) -> None:
    before = locked.everything()
    heard = locked.say("oABCDEF", WORDS)
    assert (heard.status, heard.words) == (200, BUSY)
    assert heard.taps == [WORDS]
    (line,) = told(caplog)
    assert "locked" in line and "not stored" in line
    assert "oABCDEF" not in caplog.text and "秘密鞋" not in caplog.text
    assert locked.everything() == before


def test_the_retry_after_it_counts(bot: Bot) -> None:
    other = sqlite3.connect(bot.database, isolation_level=None)
    other.execute("begin immediate")
    fields = bot.message("o1", Content="在吗")
    assert bot.push(fields).words == BUSY
    other.execute("rollback")
    assert bot.push(fields).words == "一直在"
    assert len(bot.rows("behaviours")) == 1


@pytest.mark.parametrize("event", ["subscribe", "SCAN", "CLICK"])
def test_events_too(locked: Bot, event: str) -> None:
    heard = locked.event("o1", event, "RECOMMEND")
    assert heard.status == 200 and heard.words.startswith("书童这会儿有点忙")
    assert heard.taps == []
    assert not locked.rows("behaviours") and not locked.rows("followers")


def test_a_report_is_answered_success(locked: Bot, caplog: pytest.LogCaptureFixture) -> None:
    assert locked.event("gh_p", "MASSSENDJOBFINISH", MsgID="1").silent
    assert told(caplog)


def test_read_only(bot: Bot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root may write to any file, the connection itself is made read-only."""
    import storage.dialect

    bot.say("o1", "在吗")
    before = bot.everything()
    bot.close()
    real = storage.dialect.open_file

    def read_only(path: object) -> sqlite3.Connection:
        connection = real(path)  # type: ignore[arg-type]
        connection.execute("pragma query_only=on")
        return connection

    monkeypatch.setattr("storage.dialect.open_file", read_only)
    heard = bot.say("oABCDEF", WORDS)
    assert (heard.status, heard.words, heard.taps) == (200, BUSY, [WORDS])
    assert any("readonly" in line for line in told(caplog))
    assert "oABCDEF" not in caplog.text and "秘密鞋" not in caplog.text
    monkeypatch.undo()
    bot.close()
    assert bot.everything() == before


def moved(bot: Bot, where: str) -> None:
    """The database under another name, or back."""
    for file in bot.database.parent.glob(bot.database.name + "*"):
        if not file.name.endswith(".away") or where == "":
            file.rename(str(file).removesuffix(".away") + where)


def test_removed_under_the_running_bot(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """Through an open connection a deleted file takes every row, and all of them are lost."""
    bot.say("o1", "在吗")
    moved(bot, ".away")
    for _ in range(2):
        assert bot.say("oABCDEF", WORDS).words == BUSY
    assert len(told(caplog)) == 2 and all("the database file is gone" in line for line in told(caplog))
    assert bot.get("/readyz").status_code == 503
    assert not bot.database.exists(), "an empty one in its place would look whole"
    moved(bot, "")
    assert bot.say("o1", "跑步").slugs and len(bot.rows("behaviours")) == 2


def test_replaced_under_the_running_bot(bot: Bot, workshop: Workshop, caplog: pytest.LogCaptureFixture) -> None:
    bot.say("o1", "在吗")
    other = workshop.bot()
    other.close()
    moved(bot, ".away")
    other.database.rename(bot.database)
    assert bot.say("o1", WORDS).words == BUSY
    assert "replaced" in told(caplog)[0]
    assert bot.say("o1", "跑步").slugs
    assert [row["text"] for row in bot.rows("behaviours")] == ["跑步"]


def test_a_file_that_is_no_database(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.close()
    for name in os.listdir(bot.database.parent):
        if name.startswith(bot.database.name):
            os.unlink(bot.database.parent / name)
    bot.database.write_bytes(b"not a database at all" * 500)
    heard = bot.say("oABCDEF", WORDS)
    assert heard.status == 200 and heard.words.startswith("书童这会儿有点忙")
    assert told(caplog)
    assert "oABCDEF" not in caplog.text and "秘密鞋" not in caplog.text


def test_a_write_that_fails_half_way_leaves_nothing(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("flows.admit_message.exposures.add", fails)
    assert bot.say("o1", "跑步").words == BUSY
    assert not any(bot.everything().values())
    monkeypatch.undo()
    assert bot.say("o1", "跑步").slugs
