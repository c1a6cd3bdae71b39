"""Every route of the chat, in the order in which handlers are asked."""

from __future__ import annotations

from handlers import about, buying, commands, events, media, questions, telling
from wechat.messages import ACCOUNT_EVENTS, MEDIA_TYPES
from wechat.robot import Handler, Robot

ROUTES: tuple[tuple[str, Handler], ...] = (
    ("text", media.empty),
    ("text", commands.command),
    ("text", buying.coupon_code),
    ("text", buying.claim_code),
    ("text", commands.numbered),
    ("text", about.forget),
    ("text", telling.told),
    ("text", commands.with_subject),
    ("text", questions.keyword_reply),
    ("text", media.faces),
    ("text", commands.no_such_number),
    ("text", commands.near_command),
    ("text", questions.long_text),
    ("text", questions.question),
    ("text", questions.last_resort),
    *((form, media.media) for form in MEDIA_TYPES),
    ("unknown", events.says_nothing),
    ("subscribe_event", events.followed),
    ("unsubscribe_event", events.unfollowed),
    ("scan_event", events.scanned),
    ("click_event", events.menu_tapped),
    ("scancode_waitmsg_event", events.scan_waits),
    ("scancode_push_event", events.says_nothing),
    ("pic_sysphoto_event", events.says_nothing),
    ("pic_photo_or_album_event", events.says_nothing),
    ("pic_weixin_event", events.says_nothing),
    ("location_select_event", events.says_nothing),
    ("view_event", events.says_nothing),
    ("view_miniprogram_event", events.says_nothing),
    ("location_event", events.says_nothing),
    ("unknown_event", events.reported),
    *((form, events.reported) for form in ACCOUNT_EVENTS),
)


def make_robot() -> Robot:
    """The robot with every route."""
    robot = Robot()
    for form, handler in ROUTES:
        robot.add_handler(handler, type=form)
    routed = {form for form, _ in ROUTES}
    for form in robot.message_types:
        if form not in routed:  # card_*, user_scan_product_* …: known to WeRoBot, not needed here
            robot.add_handler(events.reported, type=form)
    return robot
