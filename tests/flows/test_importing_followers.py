"""Followers come in from a CSV file whole or not at all, and every mistake is told by line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bot_in_process import NOON, Bot
from click.testing import CliRunner, Result

from errors import Declined
from flows import follower_file, import_followers
from flows.show_follower import show_follower
from follower_commands import follower

GOOD = (
    "openid,name,age,gender,occupation,city,tags,subscribed_at\n"
    "o1,小李,30,男,工程师,成都,健身;理财,2026-11-01\n"
    'o2,"阿花, 的号",,female,,,,2026-11-02 09:30\n'
    "o3,,,,,,,2026-11-03T10:00:00+08:00\n"
)

Import = Callable[..., Result]


@pytest.fixture
def bring(bot: Bot, tmp_path: Path) -> Import:
    """Imports a file of this content; the result of the command."""

    def command(content: str | bytes, *words: str) -> Result:
        file = tmp_path / "members.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        result = CliRunner().invoke(follower, ["import", str(file), *words], obj=lambda: bot.house)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


def shown(bot: Bot, openid: str) -> dict[str, Any]:
    vault = bot.house.vault
    assert vault is not None
    document = show_follower(bot.store, openid, int(bot.clock.now), bot.settings.timezone, vault.show_facts)
    assert document is not None
    return document


def mistakes(result: Result) -> list[str]:
    """The mistakes, without the file's name."""
    assert result.exit_code == 1
    return [line.partition("members.csv:")[2] for line in result.stderr.splitlines() if "members.csv:" in line]


def declined(bring: Import, content: str | bytes, *words: str) -> list[str]:
    with pytest.raises(Declined) as refused:
        bring(content, *words)
    return [line.partition("members.csv:")[2] for line in str(refused.value).splitlines()]


def test_a_file_brings_followers_with_facts_tags_and_days(bot: Bot, bring: Import) -> None:
    assert bring(GOOD).stdout == "3 rows, 3 new, 0 changed, 0 unchanged, 0 left alone, 0 wrong\n"
    first = shown(bot, "o1")
    assert first["about"] == {"name": "小李", "age": 30, "gender": "male", "occupation": "工程师", "city": "成都"}
    assert first["subscribed"] and first["subscribed_at"] == "2026-11-01T00:00:00+08:00"
    assert {tag["tag"]: round(tag["weight"], 2) for tag in first["tags"]} == {"健身": 0.63, "理财": 0.63}
    assert shown(bot, "o2")["about"] == {"name": "阿花, 的号", "gender": "female"}
    assert shown(bot, "o2")["subscribed_at"] == "2026-11-02T09:30:00+08:00"
    assert shown(bot, "o3")["subscribed_at"] == "2026-11-03T10:00:00+08:00"
    assert "小李" not in repr(bot.everything()), "encrypted"
    assert [act["act"] for act in bot.rows("console_acts")] == ["followers_imported"]


def test_what_was_imported_is_used_with_a_true_reason(bot: Bot, bring: Import) -> None:
    bring(GOOD)
    heard = bot.say("o1", "推荐").words
    assert "因为你登记的资料里有「" in heard
    assert "因为你登记的资料里有「健身」" in bot.say("o1", "为什么觉得我喜欢健身").words
    evidence = next(tag for tag in shown(bot, "o1")["tags"] if tag["tag"] == "健身")["evidence"]
    assert [(one["kind"], one["text"]) for one in evidence] == [("import", "健身")]


def test_the_same_file_twice_changes_nothing(bot: Bot, bring: Import) -> None:
    bring(GOOD)
    before = {name: rows for name, rows in bot.everything().items() if name != "console_acts"}
    assert "0 new, 0 changed, 3 unchanged" in bring(GOOD).stdout
    assert {name: rows for name, rows in bot.everything().items() if name != "console_acts"} == before


def test_an_import_that_was_killed_is_repeated_without_doubling(
    bot: Bot, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"m{n},{20 + n},健身\n" for n in range(50))
    monkeypatch.setattr(import_followers, "ROWS_AT_ONCE", 10)
    bring_rows = import_followers._bring
    calls: list[int] = []

    def killed(*words: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return bring_rows(*words)

    monkeypatch.setattr(import_followers, "_bring", killed)
    assert bring("openid,age,tags\n" + rows).exit_code != 0
    assert len(bot.rows("followers")) == 30
    monkeypatch.setattr(import_followers, "_bring", bring_rows)
    assert "20 new, 0 changed, 30 unchanged" in bring("openid,age,tags\n" + rows).stdout
    assert len(bot.rows("followers")) == 50
    assert len({row["score"] for row in bot.rows("interests")}) == 1


def test_what_followers_said_and_did_counts_for_more_than_a_file(bot: Bot, bring: Import) -> None:
    for words in ("我今年28岁", "不喜欢理财", "忘记健身"):
        bot.say("o1", words)
    bot.say("o1", "有没有健身的文章")
    bot.say("o1", "忘记健身")
    before = bot.weights("o1")
    bring(GOOD)
    assert shown(bot, "o1")["about"] == {
        "name": "小李",
        "age": 28,
        "gender": "male",
        "occupation": "工程师",
        "city": "成都",
    }
    assert bot.weights("o1") == before and shown(bot, "o1")["refused"] == ["理财"]
    bot.say("o1", "我今年29岁")
    bring(GOOD.replace("小李,30", "老李,50"))
    assert shown(bot, "o1")["about"]["name"] == "老李", "what a file said, a later file may change"
    assert shown(bot, "o1")["about"]["age"] == 29


def test_who_wants_no_personalisation_is_left_alone(bot: Bot, bring: Import) -> None:
    bot.say("o1", "关闭个性化")
    assert "1 left alone" in bring(GOOD).stdout
    assert shown(bot, "o1")["about"] == {} and shown(bot, "o1")["tags"] == []


def test_an_empty_cell_takes_nothing_away(bot: Bot, bring: Import) -> None:
    bring(GOOD)
    bring("openid,name,age,city\no1,,,\n")
    assert shown(bot, "o1")["about"]["name"] == "小李"


WRONG = [
    ("o1,,abc,,,,,", '2: age: "abc" is not an age — whole years from 1 to 120, e.g. 30'),
    ("o1,,0,,,,,", '2: age: "0" is not an age'),
    ("o1,,121,,,,,", '2: age: "121" is not an age'),
    ("o1,,-5,,,,,", '2: age: "-5" is not an age'),
    ("o1,,三十,,,,,", '2: age: "三十" is not an age'),
    ("o1,,,双鱼,,,,", '2: gender: "双鱼" is not known — write 男, 女 or nothing'),
    ("o1,,,,,,健生,", '2: tags: there is no tag "健生" — perhaps "健身"'),
    ("o1,,,,,,健身、理财,", '2: tags: there is no tag "健身、理财" — '),
    ("o1,,,,,,龙舌兰酿造,", '2: tags: there is no tag "龙舌兰酿造" — tags are separated by ;'),
    ("o1,,,,,,,昨天", '2: subscribed_at: "昨天" is not a time — e.g. 2026-11-23 or 2026-11-23 09:30'),
    ("o1,,,,,,,2026-02-30", '2: subscribed_at: "2026-02-30" is not a time'),
    ("o1,,,,,,,2099-01-01", '2: subscribed_at: "2099-01-01" cannot be'),
    ("o1,,,,,,,1999-01-01", '2: subscribed_at: "1999-01-01" cannot be'),
    (",,,,,,,", "2: openid: is empty"),
    ("a b,,,,,,,", '2: openid: "a b" is no openid'),
    ("x" * 65 + ",,,,,,,", '2: openid: "xxxxxxxxxxxxxxxxxxxx…" is no openid'),
    ("o1," + "长" * 21 + ",,,,,,", "2: name: has 21 characters — at most 20"),
    ("o1,a\u200bb,,,,,,", "2: name: holds characters that cannot be seen"),
    ("o1,小李", "2: has 2 fields, the head has 8"),
    ("o1,a,b,c,d,e,f,g,h", "2: has 9 fields, the head has 8"),
    ('o1,"小李,,,,,,', "2: has a quote without its partner"),
    ("o1," + "x" * 1_000_000 + ",,,,,,", "2: is longer than 65,536 bytes"),
    ("o1,,,,,,,\no2,,,,,,,\no1,,,,,,,", "4: openid: stands on line 2 too"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "told"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_every_mistake_is_told_by_line_and_nothing_is_imported(bot: Bot, bring: Import, row: str, told: str) -> None:
    result = bring(f"{GOOD.splitlines()[0]}\n{row}\nlast,,,,,,,\n")
    (mistake,) = mistakes(result)
    assert mistake.startswith(told)
    assert result.stdout.startswith("nothing imported: ")
    assert bot.rows("followers") == []


def test_rows_with_mistakes_may_be_passed_over(bot: Bot, bring: Import) -> None:
    content = "openid,age\no1,30\no2,999\no3,40\no1,31\n"
    result = bring(content, "--skip-bad", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and told["imported"] and (told["new"], told["wrong"], told["rows"]) == (2, 2, 4)
    assert [line.rsplit("members.csv:", 1)[1][:6] for line in told["mistakes"]] == ["3: age", "5: ope"]
    assert {row["openid"] for row in bot.rows("followers")} == {"o1", "o3"}
    assert shown(bot, "o1")["about"] == {"age": 30}


def test_one_row_may_hold_several_mistakes_and_a_hundred_are_told(bring: Import) -> None:
    assert len(mistakes(bring("openid,age,gender\n,x,y\n"))) == 3
    result = bring("openid,age\n" + "".join(f"o{n},x\n" for n in range(150)))
    assert len(mistakes(result)) == 100 and "and 50 more mistakes" in result.stderr


HEADS = [
    ("openid,nmae\n", ['1: nmae: is no column of ours', 'perhaps "name"']),
    ("openid,备注\n", ["1: 备注: is no column of ours", '--map "备注=-"']),
    ("name,age\n", ["1: there is no column openid"]),
    ("openid,age,年龄\n", ["1: age: there are 2 columns for it"]),
    ("openid;age\no1;3\n", ["1: the first line names no columns — separate them by commas"]),
    ("openid\tage\no1\t3\n", ["1: the first line names no columns — separate them by commas"]),
    ("", ["1: is empty — the first line names the columns"]),
    ("\n", ["1: "]),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["3: holds a NUL byte"]),
    (b"openid,age\no1,3\no2,\0\n", ["3: holds a NUL byte"]),
    ("openid,age\n".encode("utf-16"), ["1: is UTF-16 — save it again as CSV UTF-8"]),
    (b"PK\x03\x04\x14\x00\x06\x00", ["1: holds a NUL byte"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "told"), HEADS, ids=[str(n) for n in range(len(HEADS))])
def test_a_head_that_does_not_tell_its_columns_is_refused(
    bot: Bot, bring: Import, content: str | bytes, told: list[str]
) -> None:
    for words in ((), ("--skip-bad",)):
        (mistake, *_) = declined(bring, content, *words)
        assert mistake.startswith(told[0]) and all(part in mistake for part in told[1:])
    assert bot.rows("followers") == []


def test_chinese_headers_and_mapped_ones_are_understood(bot: Bot, bring: Import) -> None:
    content = (
        "会员号,昵称,性别,年龄,职业,城市,标签,关注时间,备注\no1,小李,女,30岁,护士,上海,健身；理财,2026/1/5 9:03,VIP\n"
    )
    bring(content, "--map", "会员号=openid", "--map", "备注=-")
    document = shown(bot, "o1")
    assert document["about"] == {"name": "小李", "age": 30, "gender": "female", "occupation": "护士", "city": "上海"}
    assert document["subscribed_at"] == "2026-01-05T09:03:00+08:00" and len(document["tags"]) == 2


@pytest.mark.parametrize("word", ["x", "=openid", "备注=nothing", "备注"])
def test_a_mapping_that_says_nothing_is_wrong_usage(bring: Import, word: str) -> None:
    result = bring(GOOD, "--map", word)
    assert result.exit_code == 2 and "表头=COLUMN" in result.stderr


def test_a_mapping_of_no_column_is_told(bring: Import) -> None:
    (told,) = declined(bring, GOOD, "--map", "爱好=tags")
    assert told == "1: 爱好: --map names a column the file does not have"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_encodings_of_spreadsheets_are_recognised(bot: Bot, bring: Import, encoding: str, end: str) -> None:
    bring(GOOD.replace("\n", end).encode(encoding))
    assert shown(bot, "o1")["about"]["occupation"] == "工程师" and len(bot.rows("followers")) == 3


def test_a_broken_byte_in_utf_8_spoils_one_row(bot: Bot, bring: Import) -> None:
    broken = GOOD.encode().replace("阿花".encode(), "阿花".encode()[:4])
    (told,) = mistakes(bring(broken))
    assert told.startswith("3: holds bytes that are not utf-8")
    assert "2 new" in bring(broken, "--skip-bad").stdout


def test_empty_lines_and_a_last_line_without_an_end_are_fine(bot: Bot, bring: Import) -> None:
    bring("openid,age\n\no1,30\n\n  \no2,40")
    assert len(bot.rows("followers")) == 2


def test_a_follower_who_speaks_meanwhile_keeps_what_they_said(
    bot: Bot, bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = import_followers._plans
    spoken: list[int] = []

    def speaks_first(*words: Any) -> Any:
        planned = plan(*words)
        if not spoken:
            spoken.append(1)
            bot.say("o1", "叫我阿强")
            bot.say("new", "叫我小新")
        return planned

    bot.say("o1", "在吗")
    monkeypatch.setattr(import_followers, "_plans", speaks_first)
    bring("openid,name,age\no1,小李,30\nnew,小李,31\n")
    assert shown(bot, "o1")["about"] == {"name": "阿强", "age": 30}
    assert shown(bot, "new")["about"] == {"name": "小新", "age": 31}


def test_a_seconds_time_of_the_platform_is_read(bot: Bot, bring: Import) -> None:
    bring(f"openid,subscribe_time\no1,{NOON - 60}\n")
    assert shown(bot, "o1")["subscribed_at"] == "2026-11-23T11:59:00+08:00"


def test_a_long_line_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch, bot: Bot, bring: Import) -> None:
    monkeypatch.setattr(follower_file, "LONGEST_LINE", 40)
    (told,) = mistakes(bring("openid,age\no1," + "9" * 300 + "\no2,30\n"))
    assert told.startswith("2: is longer than 40 bytes")
    assert "1 new" in bring("openid,age\no1," + "9" * 300 + "\no2,30\n", "--skip-bad").stdout
