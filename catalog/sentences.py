"""Every sentence the bot says, by name. Operators change them in ``content/replies.yaml`` under ``sentences``.

A sentence may use the {placeholders} it has here, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "welcome": "你好，我是书童。你说想了解什么，我就替你找一篇值得读的。\n\n先选几样你感兴趣的吧：\n{choices}\n\n也可以直接发问，比如「跑步怎么入门」。",
    "welcome_back": "欢迎回来！上次聊到的我都还记得。回复「推荐」看看有什么新的。",
    "chosen": "记下了，你喜欢「{tag}」。",
    "refused": "好的，以后不再给你推「{tag}」。改主意了就说「我喜欢{tag}」。",
    "forgotten": "好的，「{tag}」的事我已经忘了。",
    "not_known": "我这里没有记着「{tag}」。",
    "recommend": "为你挑了 {count} 篇：",
    "found": "关于「{words}」，这 {count} 篇最对得上：",
    "found_and_near": "关于「{words}」，对得上的有 {count} 篇，其余相近：",
    "near": "没有完全对上的，这几篇最接近：",
    "after_list": "回复序号看详情，或 {again}",
    "again": "换一批",
    "retry": "再试一次",
    "nothing_left": "适合你的都给你看过啦。等作者上新，或者告诉我你还想了解什么。",
    "fallback": "这个我还不会答。这几篇也许用得上：",
    "empty_shelf": "书架正在整理，过一会儿再来看看。",
    "no_such_number": "没有这个序号。回复「推荐」重新看看。",
    "sold_out": "这一篇已经下架了。回复「推荐」看看别的。",
    "help": "你可以这样用书童：\n· 直接发问，如「有没有跑步的文章」\n· 推荐：按你的兴趣挑几篇\n· 换一批：不喜欢就再换\n· 我的：我记得你喜欢什么\n· 已购：你买过的\n· 我喜欢旅行 / 不喜欢理财 / 忘记健身\n· 为什么：为什么推这一篇\n· 人工：找真人\n· 退订：不再收到推送\n· 我的数据、关闭个性化：你的信息你作主",
    "mine": "我记得你感兴趣的：{tags}\n\n回复「忘记某某」我就忘掉它，「不喜欢某某」就不再推。",
    "mine_empty": "我还不知道你喜欢什么。说说看？比如「我喜欢旅行」。",
    "owned": "你已拥有：\n{items}",
    "owned_empty": "你还没有买过。回复「推荐」挑一篇试读，前半部分都能免费看。",
    "service_closed": "现在客服不在，工作时间是 {hours}。请把问题留在这里，回头一定看到。",
    "stopped": "好的，不再给你推送{topic}。想恢复时回复「恢复订阅」。你发消息我照样会答。",
    "resumed": "已恢复。以后有合适的新内容会告诉你，随时可回复「退订」。",
    "why": "上次推给你的「{title}」：{reason}。",
    "why_nothing": "我还没有给你推过什么。",
    "personal_off": "已关闭个性化：不再按你的兴趣挑，也不再从你的话里记兴趣（你说过不要的，仍然不推）。你问什么我照样答。想恢复时回复「打开个性化」。",
    "personal_on": "已打开个性化，以后按你的兴趣挑。随时可回复「关闭个性化」。",
    "mine_unused": "你关闭了个性化，我没有在用你的兴趣。想恢复时回复「打开个性化」。",
    "why_tag": "我记着「{tag}」，{reasons}。不对就回复「忘记{tag}」。",
    "data": "我这里存着你的：{behaviours} 条互动、{tags} 个兴趣、{owned} 件已购。\n回复「导出我的数据」或「删除我的数据」都可以。",
    "data_export": "导出的文件含个人信息，要由客服核对后交给你。请回复「人工」，说「导出我的数据」。",
    "erase_ask": "删除后，你的兴趣、聊天记录都会清空，无法恢复（已购内容和订单按规定保留）。确定的话，十分钟内回复「确认删除」。",
    "erased": "已全部删除。以后我们就像第一次见面。",
    "erase_first": "要删除数据，请先回复「删除我的数据」。",
    "no_more": "没有更多了。",
    "more": "更多",
    "image": "图片收到了。我还看不懂图，用文字说说你想了解什么？",
    "voice": "语音没有听清。打字告诉我好吗？",
    "video": "视频收到了。我还不会看视频，用文字说说你想了解什么？",
    "location": "收到你的位置。想看附近游玩的攻略，可以说「旅行」。",
    "link": "链接收到了。想找同类的内容，把关键词发给我就行。",
    "file": "文件收到了，不过我还不会打开它。用文字说说你想了解什么？",
    "unknown": "这种消息我还看不懂，用文字告诉我吧。",
    "busy": "书童这会儿有点忙，没记下你刚才的话。{retry}",
    "sorry": "书童刚才走神了，没能答上来。{retry}",
}
