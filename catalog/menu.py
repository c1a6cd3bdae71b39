"""``content/menu.yaml``: the custom menu at the foot of the chat, checked against WeChat's limits."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from catalog.yaml_lines import Node, Source
from domain import quota

KEYS = ("RECOMMEND", "MORE", "MINE", "HELP", "SERVICE")
Button = dict[str, Any]


def read_menu(
    file: Path, folder: Path, tags: Collection[str], slugs: Collection[str], replies: Collection[str]
) -> tuple[list[Button], Source]:
    """(the buttons as WeChat's ``menu/create`` takes them, the source with its mistakes)."""
    source = Source(file.relative_to(folder).as_posix())
    root = source.parse(source.read(file)) if file.exists() else None
    if root is None:
        return [], source
    known = {"TAG": tags, "ITEM": slugs, "REPLY": replies}
    nodes = list(root.elements())
    if len(nodes) > quota.MENU_BUTTONS:
        root.wrong(f"has {len(nodes)} buttons — WeChat takes at most {quota.MENU_BUTTONS}")
    return [_button(node, known, top=True) for node in nodes], source


def _button(node: Node, known: dict[str, Collection[str]], top: bool) -> Button:
    node.only("name", "buttons", "key", "url", "miniprogram")
    name = _name(node, quota.MENU_NAME_BYTES if top else quota.MENU_CHILD_NAME_BYTES)
    if sum(node.get(kind) is not None for kind in ("key", "url", "miniprogram", "buttons")) != 1:
        node.wrong("needs exactly one of key, url, miniprogram or buttons")
    children = node.get("buttons")
    if children:
        nodes = list(children.elements())
        if not top:
            children.wrong("a button of a sub-menu cannot have buttons of its own")
        elif not 1 <= len(nodes) <= quota.MENU_CHILDREN:
            children.wrong(f"has {len(nodes)} buttons — from 1 to {quota.MENU_CHILDREN}")
        return {"name": name, "sub_button": [_button(child, known, top=False) for child in nodes if top]}
    return {"name": name, **_leaf(node, known)}


def _name(node: Node, most: int) -> str:
    child = node.get("name")
    name = child.text() if child else ""
    if not name:
        (child or node).wrong("a button needs a name")
    elif child and len(name.encode()) > most:
        child.wrong(f'"{name}" has {len(name.encode())} bytes — at most {most} ({most // 3} Chinese characters)')
    return name


def _leaf(node: Node, known: dict[str, Collection[str]]) -> Button:
    url, key, program = node.get("url"), node.get("key"), node.get("miniprogram")
    if program:
        program.only("url", "appid", "pagepath")
        for missing in [name for name in ("url", "appid", "pagepath") if program.get(name) is None]:
            program.wrong(f"{missing}: is missing — WeChat wants url, appid and pagepath")
        return {"type": "miniprogram", **{name: child.text() for name, child in program.items()}}
    if url:
        if not url.text().startswith(("http://", "https://")) or len(url.text().encode()) > quota.MENU_URL_BYTES:
            url.wrong(f"must be an http(s) address of at most {quota.MENU_URL_BYTES} bytes")
        return {"type": "view", "url": url.text()}
    if key:
        _check_key(key, known)
        return {"type": "click", "key": key.text()}
    return {}


def _check_key(node: Node, known: dict[str, Collection[str]]) -> None:
    key = node.text()
    family, _, name = key.partition(":")
    if len(key.encode()) > quota.MENU_KEY_BYTES:
        node.wrong(f"has {len(key.encode())} bytes — at most {quota.MENU_KEY_BYTES}")
    elif family in known and name not in known[family]:
        node.wrong(f'"{name}" does not exist — a key {family}:… needs a known {family.lower()}')
    elif family not in known and key not in KEYS:
        node.wrong(f'"{key}" is not known — one of {", ".join(KEYS)}, TAG:…, ITEM:…, REPLY:…')
