"""What a follower was shown and passed over is known for two months."""

from __future__ import annotations

from bot_in_process import Bot

from flows.know_follower import REMEMBERED, Known, know
from flows.open_link import open_link

WHO, DAY = "o1", 86_400


def known(bot: Bot) -> Known:
    return know(bot.store, WHO, int(bot.clock.now))


def test_what_was_passed_over_is_known_after_the_week_that_bars_it_and_not_for_ever(bot: Bot) -> None:
    listed = bot.say(WHO, "推荐").slugs
    opened, *passed = bot.rows("exposures")
    open_link(bot.store, opened["id"], bot.live.current.items[opened["slug"]], True, int(bot.clock.now))
    silent = {row["slug"]: 1 for row in passed}
    assert {opened["slug"], *silent} == set(listed)
    assert known(bot).follower.silent == silent == dict(known(bot).follower.shown)
    bot.clock.now += 8 * DAY
    assert known(bot).follower.silent == silent and not known(bot).follower.shown
    bot.clock.now += REMEMBERED
    assert known(bot).follower.silent == {}
