"""What operators read for what the books say."""

from __future__ import annotations

from collections.abc import Mapping

from domain.payment_method import METHOD_NAMES
from domain.why_sentences import TERM_NAMES

ROLES = {"viewer": "查看", "editor": "编辑", "finance": "财务", "admin": "管理员"}
STATES = {"waiting": "待付款", "paid": "已付款", "closed": "已关闭", "refunding": "退款中", "refunded": "已退款"}
STATE_TAGS = {"waiting": "tag_wait", "paid": "tag_good", "refunding": "tag_back", "refunded": "tag_back"}
METHODS = {"": "还没选", **METHOD_NAMES}
SCENES = {"": "", "wechat": "微信里", "mobile": "手机浏览器", "desktop": "电脑"}
STEPS = {"seen": "看到价格", "tapped": "点了购买", "ordered": "下了单", "opened": "打开收银台", "paid": "付了款"}
REFUNDS = {
    "asked": "已提交，等微信支付受理",
    "processing": "微信支付处理中",
    "done": "钱已退回",
    "abnormal": "退不进去，要人处理",
    "closed": "没有退成",
}
ASKED_BY = {"buyer": "买家自己", "command": "命令行", "rule:twice": "规则：重复付款"}
DELIVERIES = {"receipt": "购买通知", "refunded": "退款通知", "reminder": "未付款提醒"}
DELIVERY_STATES = {
    "owed": "待发送",
    "sending": "发送中",
    "sent": "已发送",
    "shown": "已在页面或对话里告知",
    "waiting": "等读者下次来时告知",
    "failed": "没有发成",
    "unsure": "不确定发出没有",
    "dropped": "不再需要",
}
CHANNELS = {"": "", "window": "客服消息", "template": "模板消息", "notice": "订阅通知", "visit": "下次来访时"}
HEARD_BY = {"notify": "付款通知", "query": "主动查询", "refund": "退款通知", "bill": "对账单"}
WRONG = {
    "": ("一致", ""),
    "wrong_amount": ("金额不符", "到商户平台的交易中心看这笔付款，在那里退回，或者找出是谁付的"),
    "wrong_currency": ("币种不符", "到商户平台的交易中心看这笔付款，在那里退回"),
    "wrong_payer": ("付款人不符", "到商户平台的交易中心看这笔付款，在那里退回，或者找出是谁付的"),
    "wrong_app": ("不是本公众号的付款", "到商户平台的交易中心看这笔付款，在那里退回"),
    "wrong_merchant": ("不是本商户的款", "查一查谁在用这个商户号"),
    "wrong_order": ("退款对不上订单", "到商户平台核对这笔退款属于哪个订单"),
    "unknown_order": ("没有这个订单", "可能别的程序也在用这个商户号，或者数据库是旧的备份"),
    "no_transaction": ("没有交易单号", "到商户平台的交易中心核对"),
    "paid_twice": ("同一个订单付了两次", "第二笔在商户平台退回"),
    "returned_elsewhere": ("已经在别处退款", "以后请在这里退款，权益和账目才跟得上"),
    "unknown_refund": ("不是这里发起的退款", "以后请在这里退款，权益和账目才跟得上"),
    "refund_closed": ("退款被微信支付关闭", "买家还在等，请再退一次，或者换别的方式退给他"),
    "not_in_the_bill": ("对账单里没有", "先人工核对两边，再做别的"),
    "not_settled": ("对账单里有，我们没有入账", "先人工核对两边，再做别的"),
    "another_transaction": ("交易单号不同", "先人工核对两边，再做别的"),
}
"""What does not agree -> (what it is, what to do)."""
ACTS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败（密码不对）",
    "sign_out": "退出",
    "order_seen": "查看订单",
    "refund": "退款",
    "evidence_settled": "标记为已处理",
    "follower_seen": "查看读者",
    "facts_seen": "查看读者的个人信息和原话",
    "follower_exported": "导出一位读者的全部数据",
    "follower_erased": "删除一位读者的数据",
    "followers_imported": "导入读者",
    "campaign_saved": "保存活动文件",
    "campaign_previewed": "预览活动",
    "campaign_launched": "发出活动",
    "campaign_paused": "暂停活动",
    "campaign_resumed": "继续活动",
    "shares_undone": "撤销份额调整",
    "user_added": "添加操作台用户",
    "user_changed": "更改操作台用户",
    "user_removed": "删除操作台用户",
}
CAMPAIGN_STATES = {
    "scheduled": "等时间", "launching": "在写名单", "sending": "发送中", "paused": "已暂停", "finished": "发完了",
    "missed": "错过了", "draft": "草稿", "series": "系列", "by_hand": "手动发",
}  # fmt: skip
CAMPAIGN_TAGS = {"sending": "tag_good", "launching": "tag_good", "paused": "tag_bad", "scheduled": "tag_back"}
CAMPAIGN_COUNTS = {
    "sent": "发出", "shown": "来访时看到", "held": "等下次来访", "waiting": "还没发", "failed": "没发成",
    "unsure": "不确定发出没有", "holdout": "留出不发",
}  # fmt: skip
EXCLUDED = {
    "not_following": "不再关注", "opted_out": "退订了", "owned": "已经有了", "enough": "最近收到得够多了",
    "no_item": "没有合适的内容", "no_channel": "没有能用的渠道", "too_late": "过时了",
}  # fmt: skip
UNITS = {
    "buyers_per_100_people": "买的人", "fen_per_100_people": "收入", "openers_per_100_people": "点开内容的人",
    "unfollows_per_100_people": "取关的人",
}  # fmt: skip
GOOD_OR_BAD = {("unfollows_per_100_people", "more"): "less", ("unfollows_per_100_people", "less"): "more"}
"""More who leave is drawn as less of anything else."""
CONCLUDED = {"more": "多了", "less": "少了", "unclear": "还得不出结论", "unknown": "没有留出人来比较"}
CAUSES = {
    "buy": "买了",
    "like": "说喜欢",
    "praise": "点赞",
    "share": "分享",
    "finish": "读完",
    "stars": "高分",
    "ask": "提问",
    "kin": "相关提问",
    "click": "点开",
    "tap": "点菜单",
    "refuse": "说不要",
    "read": "读了",
    "told": "说起自己",
    "imported": "导入的资料",
}
TERMS = TERM_NAMES


def word(words: Mapping[str, str], name: str) -> str:
    """The operator's word, or the name itself for one this list does not know yet."""
    return words.get(name, name)
