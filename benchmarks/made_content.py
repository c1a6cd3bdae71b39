"""A content folder of any size, made from the real one's words: same tags, titles put together anew."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

REAL = Path(__file__).parent.parent / "content"
_TITLES = (
    "{a}入门：从{b}开始",
    "{a}和{b}怎么兼顾",
    "十五分钟弄懂{a}",
    "{a}的五个误区",
    "给新手的{a}清单",
    "{b}路上的{a}",
    "把{a}变成{b}的习惯",
)


def make_content(folder: Path, count: int, seed: int = 1) -> None:
    """Write `count` items, the real tags, menu and replies to `folder`."""
    rng = random.Random(seed)
    tags = yaml.safe_load((REAL / "tags.yaml").read_text())
    subjects = ["科技", "健身", "旅行", "理财", "职场", "心理", "写作", "美食", "育儿", "历史"]
    others = [tag for tag in tags if tag not in subjects]
    (folder / "articles").mkdir(parents=True)
    for name in ("tags.yaml", "menu.yaml", "replies.yaml", "words.txt"):
        (folder / name).write_text((REAL / name).read_text())
    for n in range(count):
        subject, *more = rng.choice(subjects), *rng.sample(others, rng.randrange(2, 6))
        title = rng.choice(_TITLES).format(a=more[0], b=rng.choice(more[1:]))
        price = rng.choice(["0", "1.90", "4.90", "9.90", "19.90"])
        (folder / "articles" / f"made-{n}.md").write_text(
            f"---\ntitle: {title}\nkind: article\nprice: {price}\ntags: [{', '.join([subject, *more])}]\nauthor: 测\n"
            f"summary: 关于{subject}里{more[0]}与{more[1]}的一篇\n"
            f"published: 2026-{rng.randrange(5, 12):02d}-{rng.randrange(1, 28):02d}\n"
            f"---\n{title}的开头。\n<!-- more -->\n{title}的正文。\n"
        )


def made_messages(count: int, seed: int = 2) -> list[str]:
    """What followers write: questions about a subject, small talk, commands."""
    rng = random.Random(seed)
    words = [word for tag, more in yaml.safe_load((REAL / "tags.yaml").read_text()).items() for word in (tag, *more)]
    asks = (
        "有没有{w}的文章",
        "想学{w}",
        "{w}怎么入门",
        "最近在研究{w}，求推荐",
        "{w}和{v}有关系吗",
        "我想了解一下{w}",
        "不想看{w}了，想看{v}",
    )
    rest = ("推荐", "换一批", "我的", "帮助", "今天好累啊", "你们有什么好看的", "1", "嗯嗯知道了")
    return [
        rng.choice(rest) if rng.random() < 0.2 else rng.choice(asks).format(w=rng.choice(words), v=rng.choice(words))
        for _ in range(count)
    ]
