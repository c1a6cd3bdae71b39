"""What people write when they want a subject, and when they have had enough of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attitude import clauses

WANTED = """
说出来就是想要
  我想学理财 | 理财            有没有跑步的文章 | 跑步        特别喜欢旅行 | 旅行         跑步膝盖疼怎么办 | 跑步
问句里的A不A
  想不想一起健身 | 健身        要不要学编程 | 编程            喜不喜欢旅行都给我看看 | 旅行   跑步好不好 | 跑步
  会不会推荐理财 | 理财        能不能讲讲基金 | 基金          是不是该学编程了 | 编程      是否适合跑步 | 跑步
否定两次
  不是不想学理财 | 理财        我不是不喜欢跑步 | 跑步        没有不喜欢旅行 | 旅行        并非不爱健身 | 健身
  不得不学编程 | 编程          不能不看理财 | 理财            忍不住想旅行 | 旅行
反问
  谁不想学理财 | 理财          我怎么会不喜欢旅行 | 旅行      为什么不推荐旅行的文章 | 旅行   怎么不推健身 | 健身
不会和没时间是求助
  我不会理财 | 理财            不知道怎么跑步 | 跑步          不懂基金怎么办 | 基金        没时间健身怎么办 | 健身
  没学过编程可以吗 | 编程      不太会做饭 | 做饭              没接触过基金 | 基金          不擅长写作 | 写作
  没钱怎么理财 | 理财          看不懂基金 | 基金              学不会编程 | 编程            没用过基金 | 基金
  怎么拒绝加班 | 加班          不用器械的健身 | 健身          不要钱的理财课 | 理财
别字不都是不要
  别人都在健身 | 健身          别人推荐的理财书 | 理财        特别推荐的健身文章 | 健身    区别讲讲基金和股票 | 基金
  分别讲讲基金和股票 | 基金    识别股票骗局 | 股票            告别拖延 | 拖延              性别会影响健身吗 | 健身
  还有没有别的旅行文章 | 旅行
别人不想要，问的人正想知道
  孩子不想上幼儿园怎么办 | 幼儿园   老公不喜欢旅行 | 旅行
听着像不要
  除了理财还有什么 | 理财      除了跑步，我还喜欢旅行 | 跑步   摇滚 | 摇滚                 烦死了怎么办 | 烦死
  皮肤过敏吃什么 | 过敏        有理财吗，没有就算了 | 理财    旅行，不要太贵的 | 旅行      想学理财，不要 | 理财
一句里先不要后要
  不喜欢跑步，喜欢旅行 | 旅行  不是理财而是编程 | 编程        讨厌理财但喜欢健身 | 健身    不喜欢理财、喜欢旅行 | 旅行
  不但喜欢跑步 | 跑步          不仅想学理财 | 理财            没意思啊，来点旅行的 | 旅行  不同的基金 | 基金
"""

REFUSED = """
说不要
  我不想学理财 | 理财          不喜欢跑步 | 跑步              不要理财 | 理财              不看健身 | 健身
  不需要理财 | 理财            理财就不用了 | 理财            不考虑基金 | 基金            我不关心股票 | 股票
  不想了解基金 | 基金          不愿意学编程 | 编程            不打算理财 | 理财            没打算学理财 | 理财
  没想学理财 | 理财            不希望看到理财 | 理财          健身不适合我 | 健身
有程度的不
  不太喜欢旅行 | 旅行          不怎么爱健身 | 健身            不是很喜欢健身 | 健身        不是特别喜欢健身 | 健身
  一点都不喜欢理财 | 理财      从不喜欢旅行 | 旅行            再也不想跑步 | 跑步          不再想看基金 | 基金
  不想再看理财 | 理财
没兴趣
  对健身没兴趣 | 健身          我对跑步没什么兴趣 | 跑步      对基金不感兴趣 | 基金        没有兴趣学编程 | 编程
  理财没意思 | 理财            毫无兴趣的理财 | 理财          理财太无聊了 | 理财          健身看腻了 | 健身
别再推
  别再推健身了 | 健身          别给我推理财 | 理财            别老推健身 | 健身            股票别推了 | 股票
  别发健身的了 | 健身          不要再给我发理财了 | 理财      请不要再推送理财 | 理财      不用给我推健身的文章 | 健身
  少推点理财 | 理财
重话
  讨厌理财 | 理财              拒绝理财 | 理财                屏蔽理财 | 理财              烦透理财 | 理财
  受够健身 | 健身              反感股票 | 股票
一句里先要后不要
  喜欢旅行，不喜欢健身 | 健身  我喜欢旅行但不喜欢健身 | 健身
其他不是别人
  其他理财不要再推了 | 理财    吉他我不想学 | 吉他            吉他不想学了 | 吉他
绕着弯说
  理财的就算了 | 理财          烦死理财了 | 理财              理财滚 | 理财                理财拉黑 | 理财
  我对理财过敏 | 理财          理财推得太多了 | 理财          除了理财都行 | 理财          理财免了 | 理财
后一句才说不要
  理财，不要 | 理财            基金的，没兴趣 | 基金          除了理财，别的都行 | 理财    股票，别推了 | 股票
一口气不要几样
  不喜欢理财和基金 | 基金      讨厌理财、基金 | 基金
"""


def sentences(table: str) -> list[tuple[str, str]]:
    """(sentence, the subject asked about) of a table; lines that do not begin with a blank are headings."""
    words = [word for line in table.splitlines() if line.startswith(" ") for word in line.replace("|", " ").split()]
    return list(zip(words[::2], words[1::2], strict=True))


def wants(sentence: str, subject: str) -> bool:
    found = [wanted for clause, wanted in clauses(sentence) if subject in clause]
    assert found, f"no clause of {clauses(sentence)} names {subject}"
    return found[0]


@pytest.mark.parametrize(("sentence", "subject"), sentences(WANTED))
def test_this_asks_for_the_subject(sentence: str, subject: str) -> None:
    assert wants(sentence, subject)


@pytest.mark.parametrize(("sentence", "subject"), sentences(REFUSED))
def test_this_refuses_the_subject(sentence: str, subject: str) -> None:
    assert not wants(sentence, subject)


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(sentences(WANTED)) >= 40 and len(sentences(REFUSED)) >= 40


@given(st.text(alphabet="不没别想要喜欢推学理财，。、但是 \n的谁怎么用再给我a1", max_size=400))
def test_clauses_are_in_order_and_lose_no_subject(text: str) -> None:
    place = 0
    for clause, _ in clauses(text):
        assert clause
        place = text.index(clause, place) + len(clause)
    said = "".join(clause for clause, _ in clauses(text))
    assert said.count("理") == text.count("理") and said.count("a") == text.count("a")


def test_nothing_said_is_no_clause() -> None:
    assert clauses("") == [] and clauses(" ，。\n") == []
