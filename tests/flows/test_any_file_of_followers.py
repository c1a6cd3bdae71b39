"""Whatever bytes a file holds: rows, or mistakes with their line; never a fault of the program."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from conftest import NOW
from hypothesis import given
from hypothesis import strategies as st

from domain.follower_row import Reading
from errors import Declined
from flows.follower_file import FollowerFile
from flows.import_followers import MOST_MISTAKES, check_file

TAGS = {"健身": "健身", "理财": "理财"}
READING = Reading(ZoneInfo("Asia/Shanghai"), NOW, lambda word: TAGS.get(word, ""), lambda word: "")

cell = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["30", "男", "健身;理财", "2026-01-01", '"', '""', '"a,b"', "=1+1", "o1", "", " ", "９"]),
)
line = st.lists(cell, max_size=10).map(",".join)
head = st.one_of(
    line, st.sampled_from(["openid,age,tags", "openid", "昵称,openid,关注时间", "openid,name,gender,city,occupation"])
)
end = st.sampled_from(["\n", "\r\n", "\r"])
text = st.builds(lambda first, lines, between: between.join([first, *lines]), head, st.lists(line, max_size=8), end)
coded = st.builds(
    lambda words, encoding: words.encode(encoding, "ignore"), text, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"])
)


@given(
    st.one_of(coded, st.binary(max_size=200), st.builds(lambda good, bad: good + bad, coded, st.binary(max_size=20)))
)
def test_any_bytes_are_rows_or_mistakes(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "members.csv"
    file.write_bytes(content)
    try:
        source = FollowerFile(file, {})
    except Declined as told:
        assert str(told).startswith(f"{file}:") and "Traceback" not in str(told)
        return
    outcome, repeated = check_file(source, READING, lambda done: None)
    good = [one for one in source.lines(READING) if one.row and one.number not in repeated]
    assert len(good) + outcome.wrong == outcome.rows
    assert len({one.row.openid for one in good if one.row}) == len(good)
    assert len(outcome.mistakes) <= MOST_MISTAKES
    assert all(one.path == str(file) and one.line >= 2 and one.problem for one in outcome.mistakes)
    assert all(1 <= one.row.facts.get("age", 1) <= 120 for one in good if one.row)
