"""The ranking scored on a public data set: what people liked later, found from what they liked before."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bot
from errors import Declined
from flows.score_dataset import score_dataset

HEAD = "user_id:token\titem_id:token\trating:float\ttimestamp:float"
ITEMS = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"
FILMS, GENRES = 40, ("Comedy", "Drama", "Western")


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Two hundred people who each like the films of one hidden circle of four; genres say nothing of the circles, and
    the first films are popular with everybody."""
    chance = random.Random(9)
    ratings = []
    for person in range(1, 201):
        liked = [film for film in range(1, FILMS + 1) if chance.random() < (0.7 if film % 4 == person % 4 else 0.05)]
        liked += [film for film in (1, 2, 3) if film not in liked and chance.random() < 0.5]
        chance.shuffle(liked)
        ratings += [f"{person}\t{film}\t{chance.choice((4, 5))}\t{at}" for at, film in enumerate(liked)]
        ratings += [f"{person}\t{film}\t2\t0" for film in range(1, FILMS + 1) if film not in liked]
    (tmp_path / "ml-100k.inter").write_text("\n".join([HEAD, *ratings]) + "\n")
    films = [f"{film}\tA {film}\t1999\t{chance.choice(GENRES)}" for film in range(1, FILMS + 1)]
    (tmp_path / "ml-100k.item").write_text("\n".join([ITEMS, *films]) + "\n")
    return tmp_path


def command(*arguments: str) -> Result:
    return CliRunner().invoke(bot.bot, ["evaluate", *arguments])


def test_the_ranking_finds_what_circles_of_people_like_and_popularity_does_not(films: Path) -> None:
    found = score_dataset("ml-100k", films)
    assert 0.7 < found["recall@10"] <= 1 and 0.5 < found["ndcg@10"] <= 1
    assert found["baselines"]["popularity"]["recall@10"] < 0.5 > found["baselines"]["genres"]["recall@10"]
    assert found["people"] == 199  # one likes fewer than five films


def test_scoring_is_the_same_each_time_and_whatever_the_order_of_the_rows(films: Path) -> None:
    once = score_dataset("ml-100k", films)
    head, *rows = (films / "ml-100k.inter").read_text().splitlines()
    random.Random(1).shuffle(rows)
    (films / "ml-100k.inter").write_text("\n".join([head, *rows]))
    assert score_dataset("ml-100k", films) == once


def test_ratings_below_four_stars_are_no_likes(films: Path) -> None:
    once = score_dataset("ml-100k", films)
    head, *rows = (films / "ml-100k.inter").read_text().splitlines()
    (films / "ml-100k.inter").write_text("\n".join([head, *(row for row in rows if row.split("\t")[2] != "2")]))
    assert score_dataset("ml-100k", films) == once


def test_the_command_prints_one_document(films: Path) -> None:
    result = command("--dataset", "ml-100k", "--path", str(films), "--json")
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told == score_dataset("ml-100k", films)
    assert set(told["baselines"]) == {"popularity", "genres", "cosine"}


def test_the_command_tells_people_a_line_for_each(films: Path) -> None:
    lines = command("--dataset", "ml-100k", "--path", str(films)).output.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["ml-100k", "ours", "popularity", "genres", "cosine"]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("inter", None, "ml-100k.inter cannot be read: No such file or directory"),
        ("item", None, "ml-100k.item cannot be read: No such file or directory"),
        ("inter", "", "ml-100k.inter:1: there is no column user_id, item_id, rating, timestamp"),
        ("inter", "user_id:token\titem_id:token\n1\t2\n", "ml-100k.inter:1: there is no column rating, timestamp"),
        ("inter", f"{HEAD}\n1\t2\t5\t7\n1\t2\n", "ml-100k.inter:3: 2 columns instead of 4"),
        ("inter", f"{HEAD}\n1\t2\tfive\t7\n", "ml-100k.inter:2: a person, an item, a rating or a time is not a number"),
        ("inter", f"{HEAD}\n1\t2\t5\tinf\n", "ml-100k.inter:2: a person, an item, a rating or a time is not a number"),
        ("inter", f"{HEAD}\n1\t2\t5\t7\n", "nobody there has five likes"),
        ("item", f"{ITEMS}\nx\tA\t1999\tDrama\n", 'ml-100k.item:2: "x" is not the number of an item'),
    ],
)
def test_a_faulty_file_is_told_by_its_line(films: Path, file: str, text: str | None, told: str) -> None:
    place = films / f"ml-100k.{file}"
    place.unlink()
    if text is not None:
        place.write_text(text)
    with pytest.raises(Declined) as refused:
        score_dataset("ml-100k", films)
    assert str(refused.value).endswith(told)


def test_a_file_that_is_no_text_is_refused(films: Path) -> None:
    (films / "ml-100k.item").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Declined, match="it is not UTF-8"):
        score_dataset("ml-100k", films)


def test_what_does_not_go_together_is_wrong_usage(films: Path) -> None:
    for arguments in (["--path", str(films)], ["--dataset", "ml-100k"]):
        assert command(*arguments).exit_code == 2
    assert command("--dataset", "ml-100k", "--path", str(films), "--days", "3").exit_code == 2
    unknown = command("--dataset", "ml-9", "--path", str(films))
    assert unknown.exit_code == 1 and 'no data set "ml-9"' in unknown.output
