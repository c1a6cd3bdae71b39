"""Six sample followers with clearly different tastes, each with a short opening chat."""

from simulator.followers import Follower

_PEOPLE: tuple[tuple[str, str, str, str, int, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "oSim01ChenYuan7Kq2vXw9TbLm3n",
        "陈远",
        "远",
        "#5b8def",
        30,
        "男",
        "工程师",
        ("科技", "健身", "旅行"),
        (
            "最近公司在推人工智能，我下班想自己学点编程，有什么适合看的？",
            "坐办公室久了腰酸，打算重新开始跑步，怎么练不伤膝盖？",
            "国庆想和朋友自驾旅行去川西，路线怎么安排比较稳？",
        ),
    ),
    (
        "oSim02LinXiaoYu4Rt8cZp1Hs6dQ",
        "林晓雨",
        "雨",
        "#e5739a",
        27,
        "女",
        "品牌经理",
        ("理财", "职场"),
        (
            "工资到手总是月光，想学学怎么存钱，基金定投靠谱吗？",
            "刚升了主管，和老同事开会总觉得别扭，职场沟通有什么窍门？",
        ),
    ),
    (
        "oSim03ZhouMinHua9Wd5yNf2Gk8a",
        "周敏华",
        "敏",
        "#3fae7d",
        36,
        "女",
        "小学老师",
        ("育儿", "心理"),
        (
            "我家孩子四岁，一到睡觉就哭闹，这个年纪的育儿有什么好办法？",
            "带班加带娃，情绪一上来就想发火，想了解一点心理学。",
        ),
    ),
    (
        "oSim04HeZhiWei6Bx3uJe7Vr4pT1",
        "何志伟",
        "志",
        "#e08a3c",
        45,
        "男",
        "餐馆老板",
        ("美食", "理财"),
        (
            "店里想添两道家常菜，红烧肉怎么做才不腻？有讲究的美食文章吗？",
            "这两年攒了点钱，放银行利息太低，普通人怎么理财稳当？",
        ),
    ),
    (
        "oSim05SuQingHe2Mz7oCi5Ax9lY3",
        "苏清禾",
        "禾",
        "#9b7fd4",
        24,
        "女",
        "自由撰稿人",
        ("写作", "心理"),
        (
            "想靠写作养活自己，可是开头总是写不出来，怎么练？",
            "稿子被退了几次，有点焦虑，晚上老睡不着，心理上怎么调整？",
        ),
    ),
    (
        "oSim06GaoWenBo8Fh1sEv6Ku4jD7",
        "高文博",
        "博",
        "#6b7a8f",
        58,
        "男",
        "退休编辑",
        ("历史", "写作"),
        ("退休了有时间，想系统读读明清历史，从哪本书看起？", "我在给孙子写家史，回忆录的写作有什么章法？"),
    ),
)


def sample_followers() -> list[Follower]:
    """Fresh copies of the six, none of them following yet."""
    return [
        Follower(
            openid=openid,
            name=name,
            avatar=avatar,
            colour=colour,
            opening=opening,
            about={"age": age, "gender": gender, "occupation": occupation, "likes": list(likes)},
        )
        for openid, name, avatar, colour, age, gender, occupation, likes, opening in _PEOPLE
    ]
