"""The whole application in this process, driven as WeChat and browsers drive it: no port, no network, no real time."""

from __future__ import annotations

import html
import io
import itertools
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from wechat_side import Account, body_of, field_xml, query_string, read_fields
from werkzeug.test import Client, TestResponse

import wiring
from catalog.live import LiveCatalog
from catalog.load import Catalog, load_catalog
from config import load
from storage import schema
from storage.migrate import migrate
from storage.store import Store

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "wechat-samples" / "webhook"

TOKEN, APP_ID, ACCOUNT = "tok3n", "wx0123456789abcdef", "gh_0123456789ab"
AES_KEY = "mNnY5GekpChwqhy2c4NBH90g3hND6GeI4gii2YCvKLY"
SECRET_KEY = "a-secret-that-signs-links-and-cookies"
APP_SECRET = "the-app-secret-of-the-account-0123"
DATA_KEY = "w7Yb0m0xq1r2s3t4u5v6w7x8y9z0A1B2C3D4E5F6G7E="
NOON = 1_795_406_400  # 2026-11-23 12:00 in Shanghai
PAID_WORDS = "只有买了的人才读得到的第七十七条"

ENVIRONMENT = {
    "PUBLIC_URL": "https://read.example.cn", "SECRET_KEY": SECRET_KEY, "DATA_KEYS": DATA_KEY,
    "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": APP_SECRET, "WECHAT_TOKEN": TOKEN, "WECHAT_ACCOUNT": ACCOUNT,
}  # fmt: skip


def _article(title: str, tags: str, price: str, published: str = "2026-09-01", free: str = "", paid: str = "") -> str:
    return (
        f"---\ntitle: {title}\nkind: article\nprice: {price}\ntags: [{tags}]\nauthor: 林知远\nsummary: 要点在这里\n"
        f"published: {published}\nstatus: published\n---\n{free or f'免费部分：{title}。'}\n<!-- more -->\n"
        f"{paid or f'付费部分：{PAID_WORDS}。'}\n"
    )


LONG_WORDS = "".join(f"第{n}句要说清楚的话。\n" for n in range(1, 300))

SHOP = {
    "articles/run-30.md": _article("从喘到跑", "健身, 跑步", "9.90"),
    "articles/dumbbell.md": _article("一对哑铃练全身", "健身, 力量训练", "12.80"),
    "articles/stretch.md": _article("久坐拉伸八分钟", "健身, 拉伸", "0"),
    "articles/ai-ask.md": _article("怎样向机器提问", "科技, 人工智能", "6.60"),
    "articles/read-errors.md": _article("先学会读懂报错", "科技, 编程", "11.90"),
    "articles/drive-far.md": _article("第一次长途自驾", "旅行, 自驾", "13.90"),
    "articles/one-bag.md": _article("七天一只登机箱", "旅行, 行李", "4.90"),
    "articles/index-fund.md": _article("看懂指数基金", "理财, 基金", "9.90"),
    "articles/emergency.md": _article("应急金放哪里", "理财, 存钱", "6.00"),
    "articles/pour-over.md": _article("手冲咖啡入门", "美食, 咖啡", "11.90", "2026-11-20"),
    "articles/tricky.md": _article(
        "'<script>alert(1)</script> & \"引号\"'", "写作, 改稿", "3.00",
        free='段落 <img src=x onerror="alert(2)"> <script>alert(3)</script>\n\n'
        "[点我](javascript:alert(4)) [好链接](https://example.cn/a)\n\n<iframe src='//evil.example'></iframe>\n\n"
        '**粗** <a href="https://x.example" onclick="alert(5)">x</a> [数据](data:text/html;base64,PHNjcmlwdD4=)',
    ),
    "tags.yaml": "健身: [锻炼, 运动]\n跑步: [慢跑, 夜跑]\n科技: [数码]\n人工智能: [AI, 大模型]\n编程: [写代码]\n"
    "旅行: [旅游]\n"
    "自驾: [自驾游]\n理财: [投资]\n基金: [定投]\n密码: [忘记密码]\n咖啡: [拿铁]\n",
    "menu.yaml": "- {name: 推荐, key: RECOMMEND}\n- {name: 健身, key: 'TAG:健身'}\n",
    "replies.yaml": "replies:\n"
    "  - {name: low, when: [发票], priority: 1, text: 低优先级的答复}\n"
    "  - {name: invoice, when: [发票, 开票], match: contains, priority: 10, text: 发票这样开}\n"
    "  - {name: here, when: [在吗], match: exact, text: 一直在}\n"
    "  - {name: issue, when: ['^第\\d+期$'], match: pattern, text: 这一期在这里}\n"
    "  - {name: night, when: [夜聊], hours: '22:00-06:00', text: 夜深了}\n"
    "  - {name: over-search, when: [跑步鞋], text: 鞋的事问店员}\n"
    "  - {name: over-command, when: [推荐], match: exact, priority: 99, text: 命令先于关键词}\n"
    "  - {name: card, when: [招牌菜], item: run-30}\n"
    f"  - {{name: long, when: [长文], match: exact, text: {json.dumps(LONG_WORDS, ensure_ascii=False)}}}\n"
    "service: {hours: '09:00-21:00'}\ncommands: {recommend: [安利]}\n",
}  # fmt: skip


@dataclass
class Hands:
    """The clock of a test: tells what it is set to."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now


@dataclass
class Heard:
    """What came back from a push."""

    status: int
    kind: str
    raw: bytes
    xml: str  # opened, where it was sealed
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of a text reply with their links, "" for anything else."""
        return str(self.fields.get("Content", ""))

    @property
    def words(self) -> str:
        """The words as a follower reads them."""
        return html.unescape(re.sub(r"</?a[^>]*>", "", self.text))

    @property
    def slugs(self) -> list[str]:
        """The items it links to, in order."""
        return re.findall(r"/go/([a-z0-9-]+)\.", self.xml)

    @property
    def links(self) -> list[str]:
        """The paths of its tracked links."""
        return re.findall(r"https://read\.example\.cn(/[^\"\]<]*)", self.xml)

    @property
    def taps(self) -> list[str]:
        """What a tap on its tappable words would send."""
        return [unquote(one) for one in re.findall(r"msgmenucontent=([^&\"]*)&msgmenuid=", self.text)]

    @property
    def silent(self) -> bool:
        """Was it ``success``?"""
        return self.status == 200 and self.raw == b"success"


class Bot:
    """The application, its store and its clock."""

    def __init__(self, database: Path, catalog: Catalog, **settings: str) -> None:
        self.settings = load({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{database}", **settings})
        self.clock = Hands()
        self.chance: Callable[[], float] = lambda: 0.0  # the best is drawn
        self.database = database
        self.live = LiveCatalog(database.parent / "no-folder", lambda: catalog)
        self.account = Account(self.settings.wechat_token, self.settings.wechat_app_id, self.settings.wechat_aes_key)
        self._numbers = itertools.count(24_000_000_000_000_000)
        self.open()

    def open(self, **known: Any) -> None:
        """Build the house; the rooms that are `known` are not made anew."""
        self.store = Store(self.settings.database_url)
        self.house = wiring.House(self.settings, self.store, self.clock, self.chance)
        self.house.__dict__.update(known, catalog=self.live)  # read once a process, not once a bot
        self.app = wiring.web_application(self.house)
        self.pages = Client(self.app)

    # --- as WeChat -------------------------------------------------------------------------------------------

    def post(self, query: dict[str, str], body: bytes, **environ: Any) -> Heard:
        """Exactly this request."""
        return self.call("POST", query_string(query), body, **environ)

    def call(self, method: str, query: str, body: bytes = b"", **environ: Any) -> Heard:
        """One request to ``/wechat``."""
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            told.update(status=int(status[:3]), headers=dict(headers))

        request = {
            "REQUEST_METHOD": method, "PATH_INFO": "/wechat", "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **environ,
        }  # fmt: skip
        raw = b"".join(self.app(request, start))
        kind = told["headers"]["Content-Type"]
        assert int(told["headers"]["Content-Length"]) == len(raw)
        heard = Heard(told["status"], kind, raw, "")
        if kind.startswith("application/xml"):
            heard.xml = self.account.open_answer(raw) if b"<Encrypt>" in raw else raw.decode()
            heard.fields = read_fields(heard.xml)
        return heard

    def push(self, fields: dict[str, Any] | str | bytes, nonce: str = "1372623149") -> Heard:
        """One genuine push of these fields (or of this XML), signed, and sealed in safe mode."""
        xml = field_xml(fields) if isinstance(fields, dict) else fields
        at = int(self.clock.now)
        if not self.account.aes_key:
            return self.post(self.account.query(at, nonce), xml.encode() if isinstance(xml, str) else xml)
        encrypted = self.account.seal(xml)
        return self.post(self.account.sealed_query(at, encrypted, nonce), body_of(encrypted))

    def message(self, openid: str, kind: str = "text", **fields: Any) -> dict[str, Any]:
        """The fields of a new message."""
        return {
            "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": int(self.clock.now), "MsgType": kind,
            **fields, "MsgId": str(next(self._numbers)),
        }  # fmt: skip

    def event_fields(self, openid: str, event: str, key: str | None = None, **fields: Any) -> dict[str, Any]:
        """The fields of an event."""
        keyed = {} if key is None else {"EventKey": key}
        return {
            "ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": int(self.clock.now), "MsgType": "event",
            "Event": event, **keyed, **fields,
        }  # fmt: skip

    def say(self, openid: str, words: str, **fields: Any) -> Heard:
        """The follower writes; two seconds pass before."""
        self.clock.now += 2
        return self.push(self.message(openid, Content=words, **fields))

    def event(self, openid: str, event: str, key: str | None = None, **fields: Any) -> Heard:
        """The follower acts; two seconds pass before."""
        self.clock.now += 2
        return self.push(self.event_fields(openid, event, key, **fields))

    def media(self, openid: str, kind: str, **fields: Any) -> Heard:
        """The follower sends something other than text."""
        self.clock.now += 2
        return self.push(self.message(openid, kind, **fields))

    # --- as a browser, and as the operator -------------------------------------------------------------------

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page, as a browser that keeps its cookies."""
        return self.pages.get(path, base_url="https://read.example.cn", **more)

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Every row of a table, those with these values."""
        assert table in schema.metadata.tables
        tests = " and ".join(f"{name} = :{name}" for name in where) or "1 = 1"
        connection = sqlite3.connect(self.database)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(f"select * from {table} where {tests}", where)]
        finally:
            connection.close()

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """The whole database, to see that nothing was stored."""
        return {name: self.rows(name) for name in schema.metadata.tables}

    def restarted(self) -> Bot:
        """The same bot after its process ended and began again."""
        self.close()
        again = Bot(self.database, self.live.current)
        again.clock.now = self.clock.now
        return again

    def close(self) -> None:
        """Close the database, as the end of the process would."""
        self.house.close()

    def weights(self, openid: str) -> dict[str, float]:
        """The interests it holds: tag -> the stored score, -1 for a tag that is refused."""
        return {
            row["tag"]: -1.0 if row["refused_at"] > row["chosen_at"] else row["score"]
            for row in self.rows("interests", openid=openid)
        }


def nothing_stored(bot: Bot) -> bool:
    """Is every table empty?"""
    return not any(bot.everything().values())


def write_content(folder: Path, content: dict[str, str]) -> Path:
    """Write content files."""
    for name, text in content.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@cache
def real_shelf() -> Catalog:
    """The catalogue this repository ships, read once a process."""
    return load_catalog(ROOT / "content", ZoneInfo("Asia/Shanghai"))


class Workshop:
    """Makes bots over fresh databases: the schema is migrated once and copied."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()
        self._template = folder / "template.db"
        store = Store(f"sqlite:///{self._template}")
        migrate(store.engine)
        store.close()
        self.shop = self.catalog(SHOP)

    def catalog(self, content: dict[str, str]) -> Catalog:
        """The catalogue of these files."""
        folder = self._folder / f"content-{next(self._numbers)}"
        (folder / "articles").mkdir(parents=True)
        return load_catalog(write_content(folder, content), ZoneInfo("Asia/Shanghai"))

    def bot(self, catalog: Catalog | None = None, **settings: str) -> Bot:
        """A bot with an empty database."""
        database = self._folder / f"profiles-{next(self._numbers)}.db"
        self.empty(database)
        return Bot(database, catalog or self.shop, **settings)

    def empty(self, database: Path) -> None:
        """Nothing has happened yet in this database, which nobody has open."""
        for old in database.parent.glob(f"{database.name}*"):
            old.unlink()
        shutil.copyfile(self._template, database)


MakeBot = Callable[..., Bot]
