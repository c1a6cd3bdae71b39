"""``content/replies.yaml``: which reply answers, when, and which words are the operator's to change."""

import time
from pathlib import Path

import pytest

from catalog.replies import Replies, read_replies
from catalog.sentences import SENTENCES

NOON, NIGHT = 12 * 60, 23 * 60 + 30


def read(folder: Path, text: str) -> tuple[Replies, list[str]]:
    (folder / "replies.yaml").write_text(text, "utf-8")
    replies, source = read_replies(folder / "replies.yaml", folder, {"run-30"}, {"recommend", "help"})
    return replies, [str(one) for one in source.mistakes]


def good(folder: Path, *listed: str) -> Replies:
    replies, mistakes = read(folder, "replies:\n" + "".join(f"  - {{{one}}}\n" for one in listed))
    assert mistakes == []
    return replies


def name(replies: Replies, said: str, minute: int = NOON) -> str:
    found = replies.find(said, minute)
    return found.name if found else ""


def test_exact_contains_and_pattern(tmp_path: Path) -> None:
    replies = good(
        tmp_path, "name: e, when: [在吗], match: exact, text: a", "name: c, when: [发票, 开票], text: b",
        "name: p, when: ['^订单\\d{4}$'], match: pattern, text: c",
    )  # fmt: skip
    said = {"在吗": "e", "你在吗": "", "我要开票": "c", "发票": "c", "订单1234": "p", "订单12345": "", "订单": ""}
    assert {text: name(replies, text) for text in said} == said


def test_the_highest_priority_answers_and_among_equals_the_first(tmp_path: Path) -> None:
    replies = good(
        tmp_path, "name: low, when: [发票], priority: -1, text: a", "name: none, when: [发票], text: b",
        "name: high, when: [发票], priority: 10, text: c", "name: also, when: [发票], priority: 10, text: d",
    )  # fmt: skip
    assert [one.name for one in replies.replies] == ["high", "also", "none", "low"]
    assert name(replies, "发票") == "high"


@pytest.mark.parametrize(
    ("hours", "open_at", "closed_at"),
    [
        ("09:00-18:00", [540, 541, 1079], [0, 539, 1080, 1439]),
        ("22:00-06:00", [1320, 1439, 0, 359], [360, 720, 1319]),
        ("00:00-24:00", [0, 720, 1439], []),
        ("23:59-00:01", [1439, 0], [1, 1438]),
    ],
)
def test_hours_also_across_midnight(hours: str, open_at: list[int], closed_at: list[int], tmp_path: Path) -> None:
    replies = good(tmp_path, f'name: r, when: [客服], hours: "{hours}", text: a')
    assert [name(replies, "客服", minute) for minute in open_at] == ["r"] * len(open_at)
    assert [name(replies, "客服", minute) for minute in closed_at] == [""] * len(closed_at)


def test_outside_its_hours_the_next_reply_answers(tmp_path: Path) -> None:
    replies = good(
        tmp_path, 'name: day, when: [客服], hours: "09:00-18:00", priority: 5, text: a',
        "name: any, when: [客服], text: b"
    )  # fmt: skip
    assert (name(replies, "客服", NOON), name(replies, "客服", NIGHT)) == ("day", "any")


def test_the_service_has_hours_of_its_own(tmp_path: Path) -> None:
    replies, mistakes = read(tmp_path, 'service: {hours: "09:00-21:00"}\n')
    assert mistakes == [] and replies.in_service(NOON) and not replies.in_service(NIGHT)
    assert Replies().in_service(NIGHT), "without hours somebody is always there"


def test_words_are_compared_as_followers_words_are_read(tmp_path: Path) -> None:
    """Followers' words come simplified, in lower case, half-width."""
    replies = good(tmp_path, "name: a, when: [發票], text: x", "name: b, when: [ＶＩＰ], match: exact, text: x")
    assert (name(replies, "要发票"), name(replies, "vip")) == ("a", "b")


def test_a_reply_may_be_an_item(tmp_path: Path) -> None:
    found = good(tmp_path, "name: a, when: [跑步课], item: run-30").named("a")
    assert found is not None and (found.slug, found.text) == ("run-30", "")
    assert Replies().named("a") is None


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "((a+))+$", "(a|a)+$", "(a|aa)*b", "(?:x+y?)*z", "(.*){5}", "(a{1,9}){1,9}", "a*a*a*b", ".*.*.*=",
     "(a)\\1", "(?=a)b", "(?<!a)b", "x" * 201, "(a|aa)" * 4 + "b", "(a|a)" * 24 + "b", "(|a)" * 40, "a{,9}" * 30 + "b",
     "(?:[ab]|a)" * 5, "((a|b)c|(a|b)d|.e|f)" * 2],
)  # fmt: skip
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str, tmp_path: Path) -> None:
    replies, mistakes = read(tmp_path, f"replies:\n  - {{name: a, when: ['{pattern}'], match: pattern, text: x}}\n")
    assert len(mistakes) == 1 and "make it simpler" in mistakes[0] and "replies.yaml:2: when" in mistakes[0]
    assert replies.replies[0].patterns == ()


@pytest.mark.parametrize(
    "pattern",
    ["a.*b.*c", "[a-z]+\\d+x", ".{0,99}.{0,99}x", "(订单|单号)[:：]?\\s*\\d+",
     "(a|b|c)(a|b|1|d)(a|c|e)(a|b)(a|f)(a|b)x", "^(怎么|如何|想要)(退款|换货|开票|补发)$"],
)  # fmt: skip
def test_a_pattern_that_is_let_in_ends_at_once_on_the_worst_text(pattern: str, tmp_path: Path) -> None:
    replies = good(tmp_path, f"name: a, when: ['{pattern}'], match: pattern, text: x")
    began = time.thread_time()
    for said in ("a" * 2_000, "ab" * 1_000, "1" * 2_000, "a" * 1_000 + "1" * 1_000, "订单" + " " * 2_000):
        replies.find(said, NOON)
    assert time.thread_time() - began < 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("replies:\n  - {when: [a], text: b}\n", "replies.yaml:2: replies: name: is missing"),
        ("replies:\n  - {name: a, text: b}\n", "when: needs at least one word, e.g. when: [发票]"),
        ("replies:\n  - {name: a, when: 发票, text: b}\n", "when: must be a list"),
        ("replies:\n  - {name: a, when: [b]}\n", "needs either text or item"),
        ("replies:\n  - {name: a, when: [b], text: c, item: run-30}\n", "needs either text or item"),
        ("replies:\n  - {name: a, when: [b], item: nope}\n", 'there is no published item "nope"'),
        ("replies:\n  - {name: a, when: [b], text: c, match: fuzzy}\n", '"fuzzy" is not known — one of exact'),
        ("replies:\n  - {name: a, when: [b], text: c, priority: hoch}\n", "must be a whole number"),
        ("replies:\n  - {name: a, when: [b], text: c, hours: 9-18}\n", 'write it as "09:00-18:00"'),
        ("replies:\n  - {name: a, when: [b], text: c, hours: '09:00-25:00'}\n", 'write it as "09:00-18:00"'),
        ("replies:\n  - {name: a, when: ['['], match: pattern, text: c}\n", "is not a pattern"),
        ("replies:\n  - {name: a, when: [b], text: c}\n  - {name: a, when: [d], text: e}\n", "is given to 2 replies"),
        ("replies:\n  - {name: a, wann: [b], text: c}\n", "wann: is not known here"),
        ("replies: 发票\n", "replies.yaml:1: replies: must be a list"),
        ("reply: []\n", "reply: is not known here"),
        ("service: {hour: '09:00-18:00'}\n", "hour: is not known here"),
        ("sentences: {welcom: 你好}\n", "there is no sentence of that name — one of welcome"),
        ("sentences: {fallback: '你好 {name}'}\n", "{name} is not filled here — allowed: none"),
        ("sentences: {chosen: '喜欢 {word}'}\n", "{word} is not filled here — allowed: {tag}"),
        ("sentences: {chosen: '喜欢 {}'}\n", "is not filled here"),
        ("sentences: {chosen: '{tag.__class__}'}\n", "is not filled here"),
        ("sentences: {chosen: '{tag:{tag}}'}\n", "is not filled here"),
        ("sentences: {recommend: '{count:q}'}\n", "is not filled here"),
        ("sentences: {chosen: '喜欢 {tag'}\n", "has a brace without its partner"),
        ("commands: {fly: [飞]}\n", "there is no command of that name — one of"),
    ],
)
def test_slips_are_told(text: str, said: str, tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, text)
    assert any(said in one for one in mistakes), mistakes


def test_a_sentence_of_the_operators_takes_the_place_of_ours(tmp_path: Path) -> None:
    replies, mistakes = read(tmp_path, "sentences: {chosen: '好，{tag}，记住了 {{真的}}'}\ncommands: {help: [救命]}\n")
    assert mistakes == []
    assert replies.sentences["chosen"].format(tag="健身") == "好，健身，记住了 {真的}"
    assert replies.sentences["help"] == SENTENCES["help"] and replies.commands == {"help": ("救命",)}


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_of_ours_can_be_written_into_the_file(name: str, tmp_path: Path) -> None:
    quoted = SENTENCES[name].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    replies, mistakes = read(tmp_path, f'sentences: {{{name}: "{quoted}"}}\n')
    assert mistakes == [] and replies.sentences[name] == SENTENCES[name].strip()
