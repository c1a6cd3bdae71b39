// The rules by which an answer is judged, in words.

const WORDS = {
  reply: "合格", silent: "不回复", echostr: "网址验证", timeout: "超时", connection: "连不上", http_status: "HTTP 状态不对", malformed_xml: "XML 不合格", malformed: "内容不合格",
  not_encrypted: "没有加密", encrypted: "不该加密", msg_signature: "签名不对", foreign_appid: "appid 不对", bad_padding: "填充不对", bad_length: "长度不对", not_base64: "不是 Base64",
  names_swapped: "收发双方不对", create_time: "时间不对", msgtype: "类型不对", missing_field: "缺少字段", one_article: "多条图文", article_count: "图文条数不符", too_long: "太长", media_id: "没有这个素材",
  accepted: "通知已收下", not_accepted: "通知未收下",
};

export const verdict = (entry) => WORDS[entry.rule] || (entry.kind === "api" && entry.rule === "0" ? "成功" : entry.rule);
