"""Which command a follower means, near misses included."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rapidfuzz import fuzz, process

from catalog import words

PHRASES: Mapping[str, str] = {
    "recommend": "推荐 推荐一下 给我推荐 有什么推荐 有啥推荐 推荐文章 推荐几篇 推荐一篇 看看推荐 随便推荐 推荐点 推荐吧 求推荐 推介 推見 推见 推建 推剪 推荐下 推荐一个 推荐几个 猜我喜欢 tuijian",
    "another": "换一批 换一换 换批 换一组 换几篇 换一篇 换一个 换 再换 再换一批 下一批 再来几篇 换一下 换一匹 换一披 换一批吧 huanyipi 不喜欢这些 还有吗 还有别的吗",
    "more": "更多 下一页 继续 接着说 后面呢",
    "mine": "我的 我的兴趣 我的标签 我喜欢什么 我的喜好 个人中心 我得 wode",
    "owned": "已购 已买 我买的 我的已购 已购买 我的课程 我的订单 订单 买过的 购买记录 我买过什么 我买了什么 买过什么 已够 已构 以购 己购 yigou",
    "help": "帮助 help 怎么用 功能 使用说明 说明 ? 你能做什么 你会什么 你是谁 你是机器人吗 你是机器人 你是真人吗 怎么玩 帮住 帮祝 帮忙 bangzhu 菜单 命令",
    "service": "人工 人工客服 客服 转人工 找人工 真人 人工服务 联系客服 投诉 人共 人公 转人公 rengong kefu",
    "stop": "退订 td t 退定 退汀 tuiding 取消推送 别再推送 不要推送 停止推送 取消订阅 别发了 别推了 不要再发了 别推送了 不要推送了 不要再推送了 不要再推了 别再推了 别再发了 不要再给我推送了 别再给我推送了 别给我推送了 别给我发了 不要给我发了 不要再给我发了 不想收到推送 不想收推送 不想再收到推送 不要发广告 别发广告 不要再发广告 别再发广告 退订全部 退订所有 退订一切 全部退订 都退订 退订全部推送 退订所有推送 退订推送 关闭推送 关掉推送 停推 推订 退顶 退丁 退订了",
    "stopping": "怎么退订 如何退订 怎样退订 怎么取消推送 怎么取消订阅 如何取消订阅 如何取消推送 怎么关闭推送 怎么关掉推送 怎么不收推送 退订怎么弄 退订怎么操作",
    "resume": "恢复订阅 恢复推送 重新订阅 重新推送 取消退订 继续推送 打开推送 开启推送 恢复订阅推送 恢复全部推送",
    "why": "为什么 为啥 为何 为什么推这个 为什么推荐这个 为什么给我推这个 为什么推荐 为什么推荐这 为什么推这 为什么给我推荐这个 why",
    "coupons": "优惠券 我的优惠券 我的券 卡包 有优惠吗 有优惠券吗 有券吗 youhuiquan",
    "paying": "怎么付款 怎么买 怎么购买 怎么支付 如何购买 如何付款 如何支付 付款 支付 购买 付不了款 付款失败 支付失败 付不了 没付成 付了款看不了 付了钱看不了 买了看不了 付款后看不了 付款了没反应 怎么付钱 能用微信付款吗 微信支付",
    "refunding": "退款 我要退款 怎么退款 如何退款 申请退款 想退款 能退款吗 可以退款吗 退钱 怎么退钱",
    "data": "我的数据 我的信息 我的隐私",
    "about": "我的资料 我的个人资料 我是谁 我叫什么 我叫什么名字 你知道我是谁吗 你记得我吗 你记得我什么 你知道我什么 你对我了解多少 我多大 我几岁",
    "personal_off": "关闭个性化 关闭个性化推荐 关掉个性化 停用个性化 取消个性化 不要个性化 不要个性化推荐 关闭兴趣推荐",
    "personal_on": "打开个性化 打开个性化推荐 开启个性化 开启个性化推荐 恢复个性化 启用个性化",
    "export": "导出我的数据 导出数据 下载我的数据",
    "forget_all": "忘记我的兴趣 忘记所有兴趣 忘记全部兴趣 忘掉我的兴趣 清空兴趣 清空我的兴趣 删除我的兴趣 忘记我的喜好 忘记我的标签 清空标签 全部忘记 忘记全部 忘记全部内容 都忘了吧",
    "erase": "删除我的数据 删除数据 忘记我 忘了我 忘记我的一切 忘记一切 忘记所有 清空数据 清空记录 清空我的数据 删除我的信息",
    "confirm_erase": "确认删除",
}
"""Command -> phrases, separated by blanks. Operators add words under ``commands`` in replies.yaml."""

ONLY_EXACT = (
    "stop",
    "stopping",
    "forget_all",
    "erase",
    "confirm_erase",
    "more",
    "another",
    "service",
    "why",
    "data",
    "about",
    "export",
    "refunding",
    "paying",
)
"""Commands that are never guessed: what they do must be meant, or their words are everyday ones."""
NEAR = 75.0
"""rapidfuzz ratio, 0..100: one wrong letter of four. Shorter commands must be right, or their slips be listed: of
three letters any one may make another word (求推荐, 求推广)."""
NEAR_FROM, NEAR_TO = 4, 8

_POLITE = (
    "请问",
    "请",
    "麻烦",
    "帮我",
    "我要",
    "我想",
    "给我来",
    "一下",
    "吧",
    "呀",
    "啊",
    "谢谢",
    "!",
    "。",
    "~",
    ".",
    "?",
)


class Phrases:
    """Recognises commands. Built once per version of the catalogue."""

    def __init__(self, more: Mapping[str, tuple[str, ...]]) -> None:
        self._command = {phrase: name for name, listed in PHRASES.items() for phrase in listed.split()}
        self._command |= {words.plain(word): name for name, added in more.items() for word in added}
        self._guessed = [phrase for phrase, name in self._command.items() if name not in ONLY_EXACT]

    @property
    def words(self) -> Collection[str]:
        """Every phrase that is a command, `plain`."""
        return self._command.keys()

    def exact(self, said: str) -> str:
        """The command of a `plain` text, "" for none; blanks and politeness are passed over."""
        tight = said.replace(" ", "")
        return self._command.get(tight) or self._command.get(_bare(tight), "")

    def near(self, said: str) -> str:
        """The command a `plain` text nearly is, "" for none."""
        if not NEAR_FROM <= len(said) <= NEAR_TO:
            return ""
        best = process.extractOne(said, self._guessed, scorer=fuzz.ratio, score_cutoff=NEAR)
        return self._command[best[0]] if best and len(best[0]) >= NEAR_FROM else ""


def _bare(text: str) -> str:
    for polite in _POLITE:
        text = text.removeprefix(polite).removesuffix(polite)
    return text
