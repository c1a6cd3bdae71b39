"""``content/menu.yaml`` becomes what WeChat takes, or says which limit it breaks."""

from pathlib import Path

import pytest

from catalog.menu import Button, read_menu


def read(folder: Path, text: str) -> tuple[list[Button], list[str]]:
    (folder / "menu.yaml").write_text(text, "utf-8")
    buttons, source = read_menu(folder / "menu.yaml", folder, {"健身"}, {"run-30"}, {"invoice"})
    return buttons, [str(one) for one in source.mistakes]


def test_buttons_become_wechats(tmp_path: Path) -> None:
    buttons, mistakes = read(
        tmp_path,
        "- {name: 推荐, key: RECOMMEND}\n"
        "- name: 分类\n  buttons: [{name: 健身, key: 'TAG:健身'}, {name: 官网, url: 'https://e.cn/a'}]\n"
        "- {name: 程序, miniprogram: {url: 'https://e.cn', appid: wx1, pagepath: p/i}}\n",
    )
    assert mistakes == []
    assert buttons == [
        {"name": "推荐", "type": "click", "key": "RECOMMEND"},
        {"name": "分类", "sub_button": [
            {"name": "健身", "type": "click", "key": "TAG:健身"},
            {"name": "官网", "type": "view", "url": "https://e.cn/a"},
        ]},
        {"name": "程序", "type": "miniprogram", "url": "https://e.cn", "appid": "wx1", "pagepath": "p/i"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "key", ["RECOMMEND", "MORE", "MINE", "HELP", "SERVICE", "TAG:健身", "ITEM:run-30", "REPLY:invoice"]
)
def test_every_known_key_is_taken(key: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"- {{name: a, key: '{key}'}}\n")[1] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {name: a, key: MORE}\n" * 4, "menu.yaml:1: has 4 buttons — WeChat takes at most 3"),
        ("- {name: a, buttons: []}\n", "from 1 to 5"),
        ("- name: a\n  buttons:\n" + "  - {name: b, key: MORE}\n" * 6, "menu.yaml:2: buttons: has 6 buttons — from 1"),
        ("- {name: a, buttons: [{name: b, buttons: [{name: c, key: MORE}]}]}\n", "cannot have buttons of its own"),
        ("- {name: 六个汉字太长, key: MORE}\n", "has 18 bytes — at most 16 (5 Chinese characters)"),
        ("- {name: a, buttons: [{name: " + "长" * 21 + ", key: MORE}]}\n", "has 63 bytes — at most 60"),
        ("- {key: MORE}\n", "a button needs a name"),
        ("- {name: a}\n", "needs exactly one of"),
        ("- {name: a, key: MORE, url: 'https://e.cn'}\n", "needs exactly one of"),
        ("- {name: a, key: MORE, buttons: [{name: b, key: MORE}]}\n", "needs exactly one of"),
        ("- {name: a, url: 'javascript:alert(1)'}\n", "must be an http(s) address"),
        ("- {name: a, url: 'https://e.cn/" + "长" * 400 + "'}\n", "at most 1024 bytes"),
        ("- {name: a, key: 'ITEM:" + "x" * 130 + "'}\n", "has 135 bytes — at most 128"),
        ("- {name: a, key: recommend}\n", '"recommend" is not known — one of RECOMMEND'),
        ("- {name: a, key: 'TAG:跳伞'}\n", '"跳伞" does not exist — a key TAG:… needs a known tag'),
        ("- {name: a, key: 'ITEM:nope'}\n", '"nope" does not exist'),
        ("- {name: a, key: 'REPLY:nope'}\n", '"nope" does not exist'),
        ("- {name: a, miniprogram: {appid: wx1}}\n", "pagepath: is missing"),
        ("- {name: a, miniprogram: wx1}\n", "must be a mapping"),
        ("- {name: a, kye: MORE}\n", "kye: is not known here"),
        ("name: a\n", "must be a list"),
        ("- a\n", "must be a mapping"),
    ],
)  # fmt: skip
def test_what_wechat_would_refuse_is_told_before(text: str, said: str, tmp_path: Path) -> None:
    _, mistakes = read(tmp_path, text)
    assert any(said in one for one in mistakes), mistakes
    assert all(one.startswith("menu.yaml:") for one in mistakes)


@pytest.mark.parametrize("name", ["五个汉字啊", "sixteen letters!"])
def test_a_name_may_fill_its_room(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"- {{name: {name}, key: MORE}}\n")[1] == []


def test_no_menu_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ([], []) and read(tmp_path, "# nothing\n") == ([], [])
    (tmp_path / "menu.yaml").unlink()
    buttons, source = read_menu(tmp_path / "menu.yaml", tmp_path, (), (), ())
    assert buttons == [] and source.mistakes == []
