"""What a follower does and which push comes of it."""

import threading

import pytest
from conftest import CHEN, Api, Control
from tiny_bot import TinyBot, text_reply

from simulator import xmltext
from simulator.platform import Platform

MENU = {
    "button": [
        {"type": "click", "name": "推荐", "key": "RECOMMEND"},
        {"name": "分类", "sub_button": [{"type": "view", "name": "书架", "url": "http://127.0.0.1/shelf"}]},
        {"type": "scancode_waitmsg", "name": "扫码", "key": "SCAN"},
    ]
}


def test_six_followers_with_28_letter_openids(control: Control) -> None:
    people = control.get("followers")["followers"]
    assert len(people) == 6
    assert all(len(person["openid"]) == 28 and person["openid"].startswith("o") for person in people)
    chen = people[0]
    assert (chen["name"], chen["about"]["age"], chen["about"]["occupation"]) == ("陈远", 30, "工程师")
    assert chen["about"]["likes"] == ["科技", "健身", "旅行"]


def test_follow_unfollow_and_what_needs_following(control: Control, bot: TinyBot) -> None:
    assert control.refused(f"followers/{CHEN}/say", {"text": "你好"})[0] == 409
    control("follow")
    assert bot.received[-1]["Event"] == "subscribe"
    assert bot.received[-1]["EventKey"] == ""
    assert "MsgId" not in bot.received[-1]
    assert control.refused(f"followers/{CHEN}/follow", {})[0] == 409
    control("unfollow")
    assert bot.received[-1]["Event"] == "unsubscribe"


def test_following_through_a_scene(control: Control, bot: TinyBot) -> None:
    control("scan", scene="c_42")
    assert bot.received[-1]["EventKey"] == "qrscene_c_42"
    assert bot.received[-1]["Ticket"]
    control("scan", scene="c_42")
    assert (bot.received[-1]["Event"], bot.received[-1]["EventKey"]) == ("SCAN", "c_42")


def test_menu_taps(control: Control, bot: TinyBot, api: Api) -> None:
    assert api.post("/cgi-bin/menu/create", MENU)["errcode"] == 0
    control("follow")
    control("tap", key="RECOMMEND")
    assert (bot.received[-1]["Event"], bot.received[-1]["EventKey"]) == ("CLICK", "RECOMMEND")
    control("tap", key="http://127.0.0.1/shelf")
    assert (bot.received[-1]["Event"], bot.received[-1]["EventKey"]) == ("VIEW", "http://127.0.0.1/shelf")
    control("tap", key="SCAN")
    assert bot.received[-1]["Event"] == "scancode_waitmsg"
    assert control.refused(f"followers/{CHEN}/tap", {"key": "NOTHING"})[0] == 409


def one_menu(api: Api, **leaf: str) -> None:
    assert api.post("/cgi-bin/menu/create", {"button": [{"name": "钮", **leaf}]})["errcode"] == 0


def test_a_mini_program_button_is_told(control: Control, bot: TinyBot, api: Api) -> None:
    one_menu(api, type="miniprogram", url="https://shop.example/", appid="wx1", pagepath="pages/index")
    control("follow")
    assert control("tap", key="pages/index")["delivery"]["ok"]
    told = bot.received[-1]
    assert (told["Event"], told["EventKey"]) == ("view_miniprogram", "pages/index")
    assert int(told["MenuId"])


@pytest.mark.parametrize(
    ("button", "event", "message"),
    [
        ("pic_sysphoto", "pic_sysphoto", "image"),
        ("pic_photo_or_album", "pic_photo_or_album", "image"),
        ("pic_weixin", "pic_weixin", "image"),
        ("location_select", "location_select", "location"),
    ],
)
def test_what_a_button_asked_for_follows_as_a_message(
    control: Control, bot: TinyBot, api: Api, button: str, event: str, message: str
) -> None:
    one_menu(api, type=button, key="K")
    control("follow")
    control("tap", key="K")
    assert (bot.received[-2]["Event"], bot.received[-2]["EventKey"]) == (event, "K")
    assert bot.received[-1]["MsgType"] == message
    if message == "location":
        pushed = [xmltext.read(one["request"].encode()) for one in control.get("wire?kind=push")["wire"]]
        chosen = pushed[-2]["SendLocationInfo"]
        assert chosen["Location_X"] == bot.received[-1]["Location_X"]


def test_a_button_with_material_shows_it_and_tells_nobody(control: Control, bot: TinyBot, api: Api) -> None:
    one_menu(api, type="media_id", media_id="M1")
    control("follow")
    before = len(bot.received)
    answer = control("tap", key="M1")
    assert answer["delivery"] is None
    assert answer["chat"][-1]["kind"] == "event"
    assert len(bot.received) == before


def test_a_link_in_a_text_is_tapped(control: Control, bot: TinyBot) -> None:
    control("follow")
    href = "weixin://bizmsgmenu?msgmenucontent=%E6%8D%A2%E4%B8%80%E6%89%B9&msgmenuid=m7"
    link = f'<a href="{href}">换一批</a> <b>x</b> <a href="https://example.com/?a=1&amp;b=2">读</a>'
    bot.answer = lambda fields: text_reply(fields, f"看：{link}")
    control("say", text="推荐")
    parts = control.chat()[-1]["parts"]
    assert [part.get("href") for part in parts] == [None, href, None, "https://example.com/?a=1&b=2"]
    assert parts[2]["text"] == " <b>x</b> "
    control("tap-link", href=href)
    assert (bot.received[-1]["Content"], bot.received[-1]["bizmsgmenuid"]) == ("换一批", "m7")
    assert control("tap-link", href="https://example.com/")["open"] == "https://example.com/"


@pytest.mark.parametrize("kind", ["image", "voice", "video", "shortvideo", "location", "link", "file"])
def test_other_message_kinds(control: Control, bot: TinyBot, kind: str) -> None:
    control("follow")
    control("send", kind=kind)
    assert bot.received[-1]["MsgType"] == kind
    assert bot.received[-1]["MsgId"].isdigit()


def test_voice_with_recognition_and_bad_kinds(control: Control, bot: TinyBot) -> None:
    control("follow")
    control("send", kind="voice", fields={"Recognition": "有没有跑步的文章"})
    assert bot.received[-1]["Recognition"] == "有没有跑步的文章"
    assert control.refused(f"followers/{CHEN}/send", {"kind": "smell"})[0] == 400
    assert control.refused(f"followers/{CHEN}/send", {"kind": "image", "fields": {"Smell": "x"}})[0] == 400


def test_any_event(control: Control, bot: TinyBot) -> None:
    control("event", event="user_authorization_revoke", fields={"OpenID": CHEN, "RevokeInfo": "201"})
    assert bot.received[-1]["RevokeInfo"] == "201"
    status, _ = control.refused(f"followers/{CHEN}/event", {"event": "x", "fields": {"a b": "1"}})
    assert status == 400


def test_openings_are_played_once(control: Control, bot: TinyBot) -> None:
    first = control.post(f"followers/{CHEN}/opening")
    assert [one["ok"] for one in first["deliveries"]] == [True] * 4
    said = [fields["Content"] for fields in bot.received if fields["MsgType"] == "text"]
    assert any("人工智能" in text and "编程" in text for text in said)
    assert any("跑步" in text for text in said)
    assert any("自驾旅行" in text for text in said)
    control.post("openings")
    count = len(bot.received)
    control.post("openings")
    assert len(bot.received) == count
    assert all(person["subscribed"] for person in control.get("followers")["followers"])


def test_an_opening_waits_for_a_bot_that_is_down(control: Control, bot: TinyBot, platform: Platform) -> None:
    url, platform.webhook_url = platform.webhook_url, "http://127.0.0.1:9/wechat"
    control.post(f"followers/{CHEN}/opening")
    assert not control.get(f"followers/{CHEN}")["subscribed"]
    platform.webhook_url = url
    assert len(control.post(f"followers/{CHEN}/opening")["deliveries"]) == 4


def test_msgids_are_unique_under_threads(control: Control, bot: TinyBot, app: object) -> None:
    control("follow")
    threads = [
        threading.Thread(target=Control(app.test_client()), args=("say",), kwargs={"text": str(n)})  # type: ignore[attr-defined]
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [fields["MsgId"] for fields in bot.received if "MsgId" in fields]
    assert len(set(ids)) == len(ids) == 8


def test_followers_can_be_added(control: Control) -> None:
    added = control.post("followers", {"name": "小明"})
    assert len(added["openid"]) == 28
    assert control.post("followers", {"name": "小明"})["openid"] == added["openid"]
    assert control.refused("followers", {"name": "x", "openid": "no good"})[0] == 400
