"""Reading what is pushed: bounded, without entities, whatever stands before the root."""

import time

import pytest
from bot_in_process import Bot, nothing_stored
from wechat_side import field_xml, read_fields

from errors import Refused
from wechat.xmltree import read_xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
BOMB = f'<!DOCTYPE xml [<!ENTITY l0 "ha">{LAUGHS}]>'
BODY = "<xml><FromUserName>o1</FromUserName><MsgType>text</MsgType><Content>&l8;</Content></xml>"
SMALL = '<!DOCTYPE xml [<!ENTITY a "text">]><xml><FromUserName>o1</FromUserName><MsgType>&a;</MsgType></xml>'
QUADRATIC = f'<!DOCTYPE xml [<!ENTITY a "{"x" * 12_000}">]><xml><MsgType>{"&a;" * 8_000}</MsgType></xml>'


@pytest.mark.parametrize(
    "hostile",
    [
        BOMB + BODY,
        '<?xml version="1.0"?>' + BOMB + BODY,
        "<?a <xml ?>" + BOMB + BODY,
        "<!-- <xml> -->" + BOMB + BODY,
        "\ufeff\n " + BOMB + BODY,
        QUADRATIC,
        "<?a <xml ?>" + SMALL,  # a look for the root that is deceived by an instruction
        "<?a <xml ?>" + QUADRATIC,
        SMALL,
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd">' + BODY.replace("&l8;", ""),
        '<!DOCTYPE xml [<!ENTITY l8 SYSTEM "file:///etc/passwd">]>' + BODY,
        '<?xml version="1.0" encoding="utf-16"?>' + BOMB + BODY,
        "<xmlish>" + BODY + "</xmlish>",
        "<xml/>",
        "<xml></xml>",
        "<xml>words</xml>",
        "xml",
        "",
        "<xml>",
        "<xml><a></xml>",
        "<a><xml><b>c</b></xml></a>",
        "<xml><MsgType>a\x00b</MsgType></xml>",
        "<xml><MsgType>&#0;</MsgType></xml>",
        "<xml><MsgType>&#xD800;</MsgType></xml>",
        BODY,  # an entity nobody declared
        "MsgType=text&FromUserName=o1",
        '{"MsgType": "text"}',
    ],
)
def test_hostile_xml_is_refused_at_once(hostile: str, bot: Bot, safe_bot: Bot) -> None:
    began = time.process_time()
    with pytest.raises(Refused):
        read_xml(hostile.encode())
    assert time.process_time() - began < 0.5
    for one in (bot, safe_bot):
        assert one.push(hostile).status == 403
        assert one.post(one.account.query(int(one.clock.now)), hostile.encode()).status == 403
        assert nothing_stored(one)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-32"])
def test_only_utf8_is_read(encoding: str) -> None:
    with pytest.raises(Refused):
        read_xml(f'<?xml version="1.0" encoding="{encoding}"?><xml><Content>跑步</Content></xml>'.encode(encoding))


@pytest.mark.parametrize("depth", [13, 1_000, 4_000])
def test_deep_nesting_is_refused(bot: Bot, depth: int) -> None:
    nest = "<a>" * depth + "</a>" * depth
    with pytest.raises(Refused):
        read_xml(f"<xml><MsgType>text</MsgType>{nest}</xml>".encode())
    assert bot.push(field_xml(bot.message("o1", Content="hi")).replace("</xml>", nest + "</xml>")).status == 403
    assert nothing_stored(bot)


def test_what_people_paste_is_no_attack(bot: Bot) -> None:
    """A document type inside the words is only words."""
    pasted = '<!DOCTYPE html [<!ENTITY a "b">]> &a; <xml> ]]> <?php ?>'
    assert bot.say("o1", pasted).status == 200
    assert bot.rows("behaviours")[0]["text"] == pasted


@pytest.mark.parametrize(
    "shape",
    [
        "<xml>{}</xml>",
        "\n<xml>\n  {}\n</xml>\n",
        '<?xml version="1.0"?><xml>{}</xml>',
        "\ufeff<xml>{}</xml>",
        '<?xml version="1.0" encoding="utf-8"?>\n<xml>{}</xml>',
        "<xml >{}</xml >",
        "<xml>{}<!-- a remark --></xml>",
    ],
)
def test_shapes_that_wechat_and_its_libraries_send(shape: str) -> None:
    inner = "<MsgType><![CDATA[text]]></MsgType><Content>跑步 &amp; 理财</Content>"
    assert read_xml(shape.format(inner).encode()) == {"MsgType": "text", "Content": "跑步 & 理财"}


def test_repeated_elements_become_a_list() -> None:
    xml = field_xml({"MsgType": "event", "List": [{"A": "1"}, {"A": "2"}, {"A": "3"}]})
    assert (
        read_xml(xml.encode()) == read_fields(xml) == {"MsgType": "event", "List": [{"A": "1"}, {"A": "2"}, {"A": "3"}]}
    )
