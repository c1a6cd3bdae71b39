// The settings panel.
import { ask, attempt, tell } from "./control.js";
import { h } from "./dom.js";

const WORDS = { mode: "消息加解密方式", timeout_seconds: "等待应答（秒）", tries: "最多推送次数", retry_gap_seconds: "重推间隔（秒）", retry_http_errors: "HTTP 错误也重推",
  reply_max_bytes: "文本回复上限（字节）", several_articles: "多条图文", failure_text: "故障提示语",
  literal_unicode_escapes: "\\u 转义原样保存", ip_whitelist: "IP 白名单（逗号分隔）",
  unusual_ip: "新 IP 待管理员确认", forbidden_calls: "没有权限的接口", banned_calls: "被封的接口", test_account: "测试号", menu_domains: "菜单允许的域名", comment_privilege: "有留言权限",
  kf_count_resets: "新消息重置客服条数", job_delay_seconds: "结果事件延迟（秒）", client_msg_id_seconds: "client_msg_id 记多久（秒）", any_template: "接受任意模板 ID", ban_after_risks: "几次营销后封模板接口",
  oauth_domain: "网页授权域名", site_url: "网站地址", phone_system: "网页看到的手机", pay_mode: "微信支付签名方式", notify_delay_seconds: "支付通知延迟（秒）", refund_delay_seconds: "退款用时（秒）", refund_balance_fen: "可退余额（分，−1 不限）", snapshot_users: "快照页用户",
  qr_default_seconds: "临时二维码默认有效（秒）", image_max_bytes: "图片上限（字节）", draft_title_max: "草稿标题上限（字）", draft_author_max: "草稿作者上限（字）", mass_client_id_seconds: "群发 clientmsgid 记多久（秒）",
  getarticleread_days: "getarticleread 最多几天", getarticleshare_days: "getarticleshare 最多几天", getbizsummary_days: "getbizsummary 最多几天", getarticletotaldetail_days: "getarticletotaldetail 最多几天", pay_attach_max: "订单 attach 上限（字）",
  coupon_fen: "每笔优惠（分）", close_after_seconds: "下单多久后才能关单（秒）", number_used_status: "单号重复的 HTTP 状态", oauth_state_max: "授权 state 上限（字）",
  unverified_keyword_rules: "检查未经证实的模板字段规则" };
const CHOICES = { mode: { plain: "明文", compatible: "兼容", safe: "安全" }, pay_mode: { public_key: "微信支付公钥", certificate: "平台证书" },
  phone_system: { android: "安卓微信", ios: "苹果微信", browser: "手机浏览器", desktop: "电脑浏览器" }, several_articles: { fail: "提示故障", first: "只显示第一条" } };
let panel, shown = "";

export function settingsPanel() {
  panel = h("div", { class: "panel", id: "settings", "data-testid": "settings" });
  return panel;
}

export function showSettings(settings) {
  const text = JSON.stringify(settings);
  if (text === shown || panel.contains(document.activeElement)) return;
  shown = text;
  panel.replaceChildren(...Object.entries(settings).map(([name, value]) => field(name, value)));
}

function field(name, value) {
  const marks = { id: `setting-${name}`, "data-testid": `setting-${name}` };
  const save = (next) => attempt(async () => { await ask("settings", { [name]: next }); tell("设置已保存"); });
  return h("div", { class: "field" }, h("label", { for: marks.id }, WORDS[name] || name, h("small", {}, name)), input(name, value, marks, save));
}

function input(name, value, marks, save) {
  if (CHOICES[name]) {
    return h("select", { ...marks, onchange: (event) => save(event.target.value) },
      ...Object.entries(CHOICES[name]).map(([key, label]) => h("option", { value: key, selected: key === value }, label)));
  }
  if (typeof value === "boolean") return h("input", { ...marks, type: "checkbox", checked: value, onchange: (event) => save(event.target.checked) });
  const read = (text) => Array.isArray(value) ? text.split(",").map((item) => item.trim()).filter(Boolean) : typeof value === "number" ? Number(text) : text;
  return h("input", { ...marks, value: Array.isArray(value) ? value.join(",") : String(value), onchange: (event) => save(read(event.target.value)) });
}
