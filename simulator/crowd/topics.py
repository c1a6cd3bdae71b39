"""What the crowd talks about: topics, the words that belong to each, and how people ask."""

TOPICS: dict[str, tuple[str, ...]] = {
    "科技": ("人工智能", "编程", "手机", "电脑", "数码", "算法", "互联网", "芯片"),
    "健身": ("跑步", "减脂", "撸铁", "瑜伽", "游泳", "马拉松", "增肌", "拉伸"),
    "旅行": ("自驾", "徒步", "川西", "云南", "古镇", "民宿", "攻略", "露营"),
    "理财": ("基金", "存钱", "股票", "保险", "定投", "养老金", "记账", "债券"),
    "职场": ("沟通", "升职", "面试", "简历", "管理", "汇报", "跳槽", "效率"),
    "心理": ("焦虑", "情绪", "睡眠", "拖延", "压力", "亲密关系", "自信", "冥想"),
    "育儿": ("孩子", "辅食", "绘本", "幼儿园", "青春期", "亲子", "早教", "陪伴"),
    "写作": ("写作", "文案", "小说", "日记", "回忆录", "投稿", "标题", "素材"),
    "美食": ("红烧肉", "烘焙", "面条", "火锅", "家常菜", "早餐", "煲汤", "咖啡"),
    "历史": ("明朝", "清朝", "唐朝", "宋朝", "三国", "史记", "考古", "近代史"),
}
ASKING = (
    "有没有讲{word}的文章？",
    "最近想了解一下{word}，从哪里看起？",
    "{word}有什么好办法吗",
    "想学{word}，给我推荐一篇",
    "{word}",
    "朋友总跟我聊{word}，我也想懂一点",
)
IDLE = ("推荐", "换一批", "你好", "在吗", "有什么新的")


def affinity(text: str, tastes: dict[str, float]) -> float:
    """How much `text` is to somebody's taste, 0 to 1: of the topics it mentions, weighed by mentions.

    A text that mentions no topic is worth 0.1: curiosity.
    """
    hits = {topic: text.count(topic) + sum(text.count(word) for word in words) for topic, words in TOPICS.items()}
    total = sum(hits.values())
    if total == 0:
        return 0.1
    return sum(tastes.get(topic, 0.0) * count for topic, count in hits.items()) / total
