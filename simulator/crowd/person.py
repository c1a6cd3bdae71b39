"""One synthetic follower: the hidden truth, drawn from a seed.

The model. Tastes: one to three topics get a weight from 0.6 to 1, one or more others 0.2 to 0.5, the rest 0.
Price limit: log-normal around 12 yuan (sigma 0.6). Sessions a day: gamma with mean 0.6. A session begins
between 7 and 23 o'clock. A link is opened with probability logistic(-2.2 + 5 * affinity), a page bought, when
its price is within the limit, with 0.5 * affinity squared. Every shown thing below affinity 0.15 annoys by 1;
after a session the person leaves with probability 0.002 + 0.01 * annoyance; a liked page takes 1 off again.
"""

import math
import random
from dataclasses import dataclass, field

from simulator.crowd.topics import ASKING, IDLE, TOPICS

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "子涵",
    "雨桐",
    "浩然",
    "梓萱",
    "明",
    "静",
    "磊",
    "芳",
    "建国",
    "秀英",
    "思远",
    "佳怡",
    "志强",
    "丽娜",
    "文博",
    "晓东",
)
PRICE_MEDIAN_FEN, PRICE_SIGMA = 1200, 0.6
SESSIONS_MEAN = 0.6
ANNOYING_BELOW = 0.15


@dataclass
class Truth:
    """What only the crowd knows. Money in fen, `sessions_a_day` a mean."""

    openid: str
    name: str
    tastes: dict[str, float]
    price_limit_fen: int
    sessions_a_day: float
    shares: float
    likes: float
    seed: int


@dataclass
class Week:
    """What happened to a person in one week; `shown_affinity` is a sum over what was shown."""

    shown: int = 0
    opened: int = 0
    bought: int = 0
    shown_affinity: float = 0.0


@dataclass
class Diary:
    """What a person did and what came of it.

    `random_affinity` sums how well a random one of all things shown to anybody so far would have fitted.
    """

    sessions: int = 0
    asked: int = 0
    tapped: int = 0
    shown: int = 0
    opened: int = 0
    liked: int = 0
    shared: int = 0
    bought: int = 0
    spent_fen: int = 0
    failures: int = 0
    annoyance: float = 0.0
    left: bool = False
    shown_affinity: float = 0.0
    random_affinity: float = 0.0
    weeks: dict[int, Week] = field(default_factory=dict)
    slugs: list[str] = field(default_factory=list)


def draw(seed: int, number: int) -> Truth:
    """Person `number` of the crowd with this seed; always the same."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - repeatable on purpose
    topics = chance.sample(list(TOPICS), chance.randint(2, 5))
    strong = chance.randint(1, min(3, len(topics) - 1))
    tastes = {
        topic: round(chance.uniform(0.6, 1.0) if at < strong else chance.uniform(0.2, 0.5), 2)
        for at, topic in enumerate(topics)
    }
    openid = "oCrowd" + "".join(
        chance.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(22)
    )
    return Truth(
        openid=openid,
        name=chance.choice(SURNAMES) + chance.choice(GIVEN),
        tastes=tastes,
        price_limit_fen=int(PRICE_MEDIAN_FEN * math.exp(chance.gauss(0, PRICE_SIGMA))),
        sessions_a_day=round(chance.gammavariate(2, SESSIONS_MEAN / 2), 3),
        shares=round(chance.uniform(0, 0.15), 3),
        likes=round(chance.uniform(0.1, 0.6), 3),
        seed=chance.randrange(2**31),
    )


def question(truth: Truth, chance: random.Random) -> str:
    """Something this person would type: mostly about a taste, sometimes nothing in particular."""
    if chance.random() < 0.25:
        return chance.choice(IDLE)
    topic = chance.choices(list(truth.tastes), list(truth.tastes.values()))[0]
    return chance.choice(ASKING).format(word=chance.choice((topic, *TOPICS[topic])))


def opens(affinity: float, chance: random.Random) -> bool:
    return chance.random() < 1 / (1 + math.exp(2.2 - 5 * affinity))


def buys(affinity: float, price_fen: int, truth: Truth, chance: random.Random) -> bool:
    return 0 < price_fen <= truth.price_limit_fen and chance.random() < 0.5 * affinity**2
