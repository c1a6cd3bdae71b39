"""What every room's tests share: a fixed moment, a small shelf made in code, the real one, a fresh database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT / "tests", ROOT):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from bot_in_process import AES_KEY, Bot, Workshop, real_shelf  # noqa: E402

from catalog.load import Catalog, build_catalog, load_catalog  # noqa: E402
from catalog.replies import Replies  # noqa: E402
from domain.item import Item  # noqa: E402
from storage.migrate import migrate  # noqa: E402
from storage.store import Store  # noqa: E402

settings.register_profile(
    "shutong", deadline=None, max_examples=50, database=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("shutong")

DAY = 86_400
NOW = 1_795_000_000  # 2026-11-18 19:06:40 in Shanghai

SYNONYMS = {
    "健身": ("锻炼", "撸铁"), "跑步": ("慢跑", "夜跑"), "减脂": ("减肥",), "理财": ("投资",), "基金": ("定投",),
    "旅行": ("旅游", "出游"), "自驾": ("自驾游",), "科技": ("数码",), "人工智能": ("AI", "大模型"), "编程": ("python",),
}  # fmt: skip


@pytest.fixture
def now() -> int:
    """A fixed moment, seconds since 1970."""
    return NOW


@pytest.fixture(scope="session")
def zone() -> ZoneInfo:
    """The account's zone."""
    return ZoneInfo("Asia/Shanghai")


def make_item(
    slug: str, *tags: str, title: str = "", price: int = 990, published: int = NOW - 90 * DAY, summary: str = ""
) -> Item:
    """An item of which only what matters is given."""
    return Item(
        slug, title or f"题目{slug}", "article", price, tags or ("健身",), "林知远", summary or "说清楚一件事",
        published, "免费部分", "付费部分",
    )  # fmt: skip


@pytest.fixture(scope="session")
def item() -> Callable[..., Item]:
    """``item(slug, *tags, title=, price=, published=, summary=)`` makes an item."""
    return make_item


@pytest.fixture(scope="session")
def catalog(real_catalog: Catalog) -> Catalog:
    """Ten items over 健身, 理财, 旅行, 科技; never changed, so one for all tests.

    Made after the real one: what a process is taught of words stays, so the order must be the same in every run.
    """
    return build_catalog(
        [
            make_item("run-30", "健身", "跑步", "减脂", title="从喘到跑：八周连续跑三十分钟"),
            make_item("dumbbell", "健身", "力量训练", title="一对哑铃练全身", price=1280),
            make_item("stretch", "健身", "拉伸", title="久坐拉伸八分钟", price=0),
            make_item("index-fund", "理财", "基金", "入门", title="三十分钟看懂指数基金"),
            make_item("emergency-fund", "理财", "存钱", title="应急金放在哪里", price=600),
            make_item("road-trip", "旅行", "自驾", title="第一次长途自驾", price=1390),
            make_item("one-bag", "旅行", "行李", title="七天只带一只登机箱", price=490),
            make_item("ai-ask", "科技", "人工智能", title="怎样向机器提问", price=660),
            make_item("read-errors", "科技", "编程", "入门", title="先学会读懂报错", price=1190),
            make_item("new-phone", "科技", "手机", title="换手机前先做三件事", published=NOW - 2 * DAY),
        ],
        SYNONYMS,
        [{"name": "推荐", "type": "click", "key": "RECOMMEND"}],
        Replies(),
    )


@pytest.fixture(scope="session")
def real_catalog(zone: ZoneInfo) -> Catalog:
    """The catalogue this repository ships, read once a process."""
    return load_catalog(ROOT / "content", zone)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with every table: copied, for making the tables takes a while."""
    file = tmp_path_factory.mktemp("template") / "profiles.db"
    made = Store(f"sqlite:///{file}")
    migrate(made.engine)
    made.close()
    return file


@pytest.fixture
def store(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A fresh, migrated SQLite database in ``tmp_path``."""
    file = tmp_path / "profiles.db"
    file.write_bytes(migrated_file.read_bytes())
    opened = Store(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("bots"))


@pytest.fixture
def bot(workshop: Workshop) -> Iterator[Bot]:
    """In plaintext mode, with the small shop."""
    made = workshop.bot()
    yield made
    made.store.close()


@pytest.fixture
def safe_bot(workshop: Workshop) -> Iterator[Bot]:
    """In safe mode, with the small shop."""
    made = workshop.bot(WECHAT_AES_KEY=AES_KEY)
    yield made
    made.store.close()


@pytest.fixture
def real_bot(workshop: Workshop) -> Iterator[Bot]:
    """With the content this repository ships."""
    made = workshop.bot(real_shelf())
    yield made
    made.store.close()
