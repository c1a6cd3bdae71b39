"""What stays of those who leave, and for how long anything is kept."""

from bot_in_process import Bot

from flows.tidy_up import forget_old_replies, forget_old_reports, forget_who_left
from storage import entitlements, followers, replies, reports

DAY = 86_400
HOUR = 3_600


def left_after_talking(bot: Bot, openid: str = "o1") -> int:
    """Somebody who talked, bought and left; when they left."""
    bot.event(openid, "subscribe", "qrscene_c_42", Ticket="t")
    bot.say(openid, "有没有跑步的文章")
    with bot.store.write() as tx:
        entitlements.grant(tx, openid, "run-30", "purchase", int(bot.clock.now))
    bot.event(openid, "unsubscribe")
    return int(bot.clock.now)


def known(bot: Bot, openid: str = "o1") -> dict[str, int]:
    tables = ("behaviours", "interests", "exposures", "entitlements")
    return {table: len(bot.rows(table, openid=openid)) for table in tables}


def test_who_left_eight_days_ago_is_erased_but_keeps_what_they_own(bot: Bot) -> None:
    left = left_after_talking(bot)
    assert all(known(bot).values())
    assert forget_who_left(bot.store, left + 8 * DAY) == "1 followers forgotten"
    assert known(bot) == {"behaviours": 0, "interests": 0, "exposures": 0, "entitlements": 1}
    (row,) = bot.rows("followers", openid="o1")
    assert (row["subscribed"], row["about"], row["source"]) == (0, "", "")
    assert forget_who_left(bot.store, left + 9 * DAY) == "0 followers forgotten"


def test_who_left_six_days_ago_is_still_known(bot: Bot) -> None:
    left = left_after_talking(bot)
    before = known(bot)
    assert forget_who_left(bot.store, left + 6 * DAY) == "0 followers forgotten"
    assert known(bot) == before


def test_who_left_and_then_writes_is_a_follower_again(bot: Bot) -> None:
    left = left_after_talking(bot)
    bot.clock.now = left + DAY
    assert bot.say("o1", "夜跑").slugs
    with bot.store.read() as tx:
        follower = followers.find(tx, "o1")
    assert follower is not None and follower.subscribed and follower.unsubscribed_at is None
    before = known(bot)
    assert forget_who_left(bot.store, left + 30 * DAY) == "0 followers forgotten"
    assert known(bot) == before


def test_who_left_and_follows_again_is_not_forgotten(bot: Bot) -> None:
    left = left_after_talking(bot)
    bot.clock.now = left + 5 * DAY
    bot.event("o1", "subscribe")
    assert forget_who_left(bot.store, left + 30 * DAY) == "0 followers forgotten"
    assert known(bot)["interests"]


def test_who_was_forgotten_and_comes_back_owns_and_starts_afresh(bot: Bot) -> None:
    left = left_after_talking(bot)
    forget_who_left(bot.store, left + 8 * DAY)
    bot.clock.now = left + 20 * DAY
    bot.event("o1", "subscribe")
    assert not known(bot)["interests"] and known(bot)["entitlements"]
    assert "run-30" not in bot.say("o1", "夜跑").slugs


def test_only_those_who_left_are_forgotten(bot: Bot) -> None:
    left = left_after_talking(bot, "o1")
    bot.say("o2", "夜跑")
    before = known(bot, "o2")
    forget_who_left(bot.store, left + 90 * DAY)
    assert known(bot, "o2") == before


def test_more_leave_than_are_looked_at_in_one_go(bot: Bot) -> None:
    with bot.store.write() as tx:
        for number in range(450):
            followers.unfollowed(tx, f"o{number}", int(bot.clock.now))
    assert forget_who_left(bot.store, int(bot.clock.now) + 8 * DAY) == "450 followers forgotten"


def test_answers_are_forgotten_after_a_day(bot: Bot) -> None:
    now = int(bot.clock.now)
    with bot.store.write() as tx:
        replies.remember(tx, "old", now - DAY - HOUR, "旧")
        replies.remember(tx, "new", now - HOUR, "新")
    assert forget_old_replies(bot.store, now) == "1 replies forgotten"
    assert [row["id"] for row in bot.rows("replies")] == ["new"]


def test_reports_are_forgotten_after_a_month(bot: Bot) -> None:
    now = int(bot.clock.now)
    with bot.store.write() as tx:
        reports.add(tx, "old", now - 31 * DAY, "TEMPLATESENDJOBFINISH", "{}")
        reports.add(tx, "new", now - 29 * DAY, "TEMPLATESENDJOBFINISH", "{}")
    assert forget_old_reports(bot.store, now) == "1 reports forgotten"
    assert [row["id"] for row in bot.rows("platform_reports")] == ["new"]
