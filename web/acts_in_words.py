"""What a follower did, as operators (and the follower) read it: one plain sentence for a row of behaviours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.load import Catalog
from domain import message as kinds
from storage.behaviours import Behaviour
from storage.follower_pages import Dealing

_MEDIA = {
    "image": "发来一张图片", "voice": "发来一段听不出字的语音", "video": "发来一段视频", "shortvideo": "发来一段视频",
    "location": "发来一个位置", "link": "发来一个链接", "file": "发来一个文件",
}  # fmt: skip
_KEYS = {"RECOMMEND": "推荐", "MORE": "换一批", "MINE": "我的", "HELP": "帮助", "SERVICE": "人工"}
_SHARED_TO = {"friend": "给朋友", "moments": "到朋友圈"}
_PROGRESS = re.compile(r"([0-9]{1,3})% ([0-9]{1,6})s")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells acts. ``clicked`` maps exposures to items; without ``whole`` the exact words of people are left out."""

    catalog: Catalog
    clicked: Mapping[str, str]
    whole: bool

    def __call__(self, act: Behaviour) -> str:
        """One sentence; an act of a kind that is new here is named as it is stored."""
        telling = _TELLINGS.get(act.kind)
        return telling(self, act) if telling else f"{act.kind} {act.form}".strip()

    def title(self, slug: str) -> str:
        """An item's name, its slug once it is off the shelf."""
        item = self.catalog.items.get(slug)
        return f"《{item.title}》" if item else f"《{slug}》" if slug else "一篇内容"

    def words(self, act: Behaviour) -> str:
        """What was written, or how much."""
        return f"「{act.text}」" if self.whole else f"{len(act.text)} 个字"


def duration(seconds: int) -> str:
    """For people: 45 -> ``45 秒``, 200 -> ``3 分钟``."""
    return f"{seconds} 秒" if seconds < 60 else f"{round(seconds / 60)} 分钟"


def dealt(one: Dealing) -> str:
    """What was done with an item, in sum: ``读到 60%，3 分钟 · 赞 · 5 星``."""
    read = f"读到 {one.percent}%" if one.percent and not one.finished_at else "读完" if one.finished_at else ""
    return " · ".join(
        part for part in (
            "，".join(part for part in (read, duration(one.seconds) if one.seconds else "") if part),
            "买了" if one.bought_at else "", "退了款" if one.returned_at else "", "赞" if one.liked else "",
            "分享" if one.shared else "", f"{one.stars} 星" if one.stars else "",
        ) if part
    ) or "打开过"  # fmt: skip


def _message(tell: Teller, act: Behaviour) -> str:
    if act.detail == kinds.TOLD and not act.text:
        return "说了说自己"
    return f"{'说' if act.form == 'voice' else '写'}了{'' if tell.whole else ' '}{tell.words(act)}"


def _menu(tell: Teller, act: Behaviour) -> str:
    if act.form.startswith("scancode"):
        return "从菜单扫了码"
    family, _, name = act.detail.partition(":")
    if family == "ITEM":
        return f"从菜单点开{tell.title(name)}"
    return f"点了菜单「{_button(tell.catalog.menu, act.detail) or _KEYS.get(act.detail) or name or act.detail}」"


def _button(menu: Sequence[Mapping[str, Any]], key: str) -> str:
    for one in menu:
        found = str(one.get("name", "")) if one.get("key") == key else _button(one.get("sub_button", ()), key)
        if found:
            return found
    return ""


def _follow(tell: Teller, act: Behaviour) -> str:
    scene = act.detail.removeprefix("qrscene_")
    return f"扫二维码「{scene}」关注了公众号" if scene != act.detail else "关注了公众号"


def _progress(tell: Teller, act: Behaviour) -> str:
    found = _PROGRESS.fullmatch(act.form)
    how = f"读到 {found[1]}%，用了 {duration(int(found[2]))}" if found else "读了一段"
    return f"{tell.title(act.detail)}{how}"


def _feedback(tell: Teller, act: Behaviour) -> str:
    stars = int(act.form.removeprefix("stars_") or 0) if act.form.removeprefix("stars_").isdigit() else 0
    told = [f"给{tell.title(act.detail)}打了 {stars} 星"] if stars else []
    if act.text:
        told.append(
            f"{'' if told else '对' + tell.title(act.detail)}写了读后感{'：' if tell.whole else ' '}{tell.words(act)}"
        )
    return "，".join(told) or f"评了{tell.title(act.detail)}"


_TELLINGS: Mapping[str, Callable[[Teller, Behaviour], str]] = {
    kinds.MESSAGE: _message,
    kinds.MEDIA: lambda tell, act: _MEDIA.get(act.form, "发来一条看不懂的消息"),
    kinds.MENU_TAP: _menu,
    kinds.SCAN: lambda tell, act: f"扫了二维码「{act.detail}」" if act.detail else "扫了二维码",
    kinds.FOLLOW: _follow,
    kinds.UNFOLLOW: lambda tell, act: "取消了关注",
    kinds.VIEW: lambda tell, act: "从菜单打开了网页",
    kinds.CLICK: lambda tell, act: f"点开推荐的{tell.title(tell.clicked.get(act.detail, ''))}",
    kinds.PAGE_VIEW: lambda tell, act: f"看了{tell.title(act.detail)}的页面",
    kinds.PURCHASE: lambda tell, act: f"{'买下了' if act.form == 'paid' else '开始读买下的'}{tell.title(act.detail)}",
    kinds.RETURN: lambda tell, act: f"退掉了{tell.title(act.detail)}",
    kinds.LIKE: lambda tell, act: f"{'赞了' if act.form == 'on' else '收回了赞：'}{tell.title(act.detail)}",
    kinds.SHARE: lambda tell, act: f"想把{tell.title(act.detail)}分享{_SHARED_TO.get(act.form, '出去')}",
    kinds.PROGRESS: _progress,
    kinds.FEEDBACK: _feedback,
    kinds.IMPORT: lambda tell, act: "登记的资料里有",
    kinds.CHOICE: lambda tell, act: f"在「我的」里选了{'不想看' if act.form == 'refuse' else '喜欢'}「{act.detail}」",
}
