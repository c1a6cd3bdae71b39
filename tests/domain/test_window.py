"""When an account may write to a follower, and how often."""

import pytest

from domain.window import CLOSED, Window, window

NOW = 1_795_406_400
HOUR = 3_600
Done = tuple[str, str, int]  # kind, form, seconds ago


@pytest.mark.parametrize(
    ("done", "left", "seconds"),
    [
        ([], 0, 0),
        ([("message", "text", 0)], 5, 48 * HOUR),
        ([("message", "text", 47 * HOUR)], 5, HOUR),
        ([("message", "text", 48 * HOUR - 1)], 5, 1),
        ([("message", "text", 48 * HOUR)], 0, 0),
        ([("media", "image", 10)], 5, 48 * HOUR - 10),
        ([("event", "click_event", 0)], 3, 60),
        ([("event", "click_event", 59)], 3, 1),
        ([("event", "click_event", 60)], 0, 0),
        ([("event", "scancode_push_event", 5)], 3, 55),
        ([("event", "scancode_waitmsg_event", 5)], 3, 55),
        ([("event", "subscribe_event", 5)], 3, 55),
        ([("event", "scan_event", 5)], 3, 55),
        ([("event", "view_event", 0)], 0, 0),
        ([("event", "view_miniprogram_event", 0)], 0, 0),
        ([("event", "unsubscribe_event", 0)], 0, 0),
        ([("event", "location_event", 0)], 0, 0),
        ([("click", "go", 0)], 0, 0),
        ([("page_view", "page", 0)], 0, 0),
        ([("event", "click_event", 0), ("message", "text", 47 * HOUR)], 5, HOUR),
        ([("event", "click_event", 0), ("message", "text", 48 * HOUR)], 3, 60),
        ([("message", "text", 9 * HOUR), ("message", "text", HOUR)], 5, 47 * HOUR),
        ([("event", "click_event", 50), ("event", "subscribe_event", 20)], 3, 40),
        ([("message", "text", -5)], 0, 0),
    ],
)
def test_what_opens_the_window_and_for_how_long(done: list[Done], left: int, seconds: int) -> None:
    expected = Window(True, left, NOW + seconds) if left else CLOSED
    acts = [(kind, form, NOW - ago) for kind, form, ago in done]
    assert window(acts, True, NOW) == expected
    assert window(reversed(acts), True, NOW) == expected


def test_what_wechat_refused_is_closed_until_they_do_something_new() -> None:
    said = [("message", "text", NOW - 100)]
    assert window(said, True, NOW, shut_at=NOW - 50) == CLOSED
    assert window(said, True, NOW, shut_at=NOW - 100) == CLOSED
    assert window([*said, ("message", "text", NOW - 49)], True, NOW, [NOW - 60], NOW - 50).left == 5
    assert window([*said, ("event", "click_event", NOW - 49)], True, NOW, shut_at=NOW - 50).left == 3


def test_who_left_cannot_be_written_to() -> None:
    assert window([("message", "text", NOW), ("event", "click_event", NOW)], False, NOW) == CLOSED


@pytest.mark.parametrize(
    ("done", "sent", "left", "seconds"),
    [
        ([("message", "text", 100)], [90], 4, 48 * HOUR - 100),
        ([("message", "text", 100)], [90, 80, 70, 60, 50], 0, 48 * HOUR - 100),
        ([("message", "text", 100)], [110, 120], 5, 48 * HOUR - 100),
        ([("message", "text", 100), ("message", "text", 10)], [90, 80], 5, 48 * HOUR - 10),
        ([("event", "click_event", 30)], [20, 10, 5], 0, 30),
        ([("event", "click_event", 30)], [30, 30], 1, 30),
        ([("message", "text", 100), ("event", "click_event", 30)], [20, 10, 5], 5, 48 * HOUR - 100),
        ([("message", "text", 100), ("event", "click_event", 30)], [25, 20, 10, 5], 4, 48 * HOUR - 100),
        ([("message", "text", 100), ("event", "click_event", 30)], [90], 4, 48 * HOUR - 100),
    ],
)  # fmt: skip
def test_what_was_sent_is_taken_from_the_open_window_that_ends_first(
    done: list[Done], sent: list[int], left: int, seconds: int
) -> None:
    acts = [(kind, form, NOW - ago) for kind, form, ago in done]
    assert window(acts, True, NOW, [NOW - ago for ago in sent]) == Window(True, left, NOW + seconds)
