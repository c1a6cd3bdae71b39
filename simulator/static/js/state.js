// The state of the follower: windows, counts, consents, quotas; and her or his orders.
import { act, ask, attempt, phone } from "./control.js";
import { clockText, h } from "./dom.js";

const WINDOWS = { message: ["消息窗口", "发过消息后 48 小时内 5 条"], action: ["点击窗口", "关注、点菜单、扫码后 1 分钟内 3 条"] };
const STATES = { NOTPAY: "待支付", SUCCESS: "已支付", REFUND: "有退款", CLOSED: "已关闭", PAYERROR: "支付失败" };
let facts, orders, shown = "";

export function statePanel() {
  facts = h("div");
  orders = h("div");
  const again = h("button", { class: "go", "data-testid": "orders-load", onclick: showOrders }, "刷新订单");
  const used = h("div");
  const quotas = h("button", { class: "go", "data-testid": "quotas-load", onclick: () => showQuotas(used) }, "刷新配额");
  const load = () => { showOrders(); showQuotas(used); };
  return h("div", { class: "panel", id: "state", onshown: load, "data-testid": "state" }, facts, h("h3", {}, "微信支付订单"), orders, again, h("h3", {}, "今日接口配额"), used, quotas);
}

function row(name, value, id) {
  return [h("dt", {}, name), h("dd", id ? { "data-testid": id } : {}, value)];
}

export function showState(state, now) {
  const text = JSON.stringify([phone.openid, state, Math.floor(now / 5)]);
  if (text === shown || !phone.person) return;
  shown = text;
  const windows = Object.entries(WINDOWS).flatMap(([name, [words, rule]]) => {
    const open = (state.windows || {})[name];
    return row(words, open ? `还可发 ${open.left} 条，到 ${clockText(open.until, true).slice(5)}` : `未开（${rule}）`, `window-${name}`);
  });
  const consents = Object.entries(state.consents || {}).filter(([, n]) => n).map(([id, n]) => `${id.slice(0, 16)} × ${n}`);
  const mass = Object.entries(state.mass || {}).map(([month, n]) => `${month}：${n}/4`);
  facts.replaceChildren(
    h("h3", {}, [phone.person.name, (phone.person.about.likes || []).join("、")].filter(Boolean).join(" · ")),
    h("dl", { class: "facts" }, ...row("openid", phone.openid, "state-openid"),
      ...row("关注", phone.person.subscribed ? `${clockText(phone.person.subscribe_time, true)}（${state.subscribe_scene}${state.qr_scene ? " " + state.qr_scene : ""}）` : "未关注"),
      ...windows, ...row("正在输入", state.typing ? "显示中" : "否"), ...row("订阅通知授权", consents.join("；") || "无", "state-consents"),
      ...row("群发（每月）", mass.join("；") || "本月 0/4", "state-mass"), ...row("标签", (state.tags || []).join("、") || "无"), ...row("备注", state.remark || "无")),
    h("div", { class: "buttons" },
      toggle("refuses", "拒收消息", state.refuses), toggle("blacklisted", "在公众号黑名单", state.blacklisted)));
}

const toggle = (name, words, on) => h("button", { "aria-pressed": String(Boolean(on)), "data-testid": `switch-${name}`, onclick: () => act("switches", { [name]: !on }) }, words);

async function showQuotas(box) {
  const answer = await attempt(() => ask("quotas"));
  if (!answer) return;
  const rows = Object.entries(answer.quotas).filter(([, one]) => one.used).map(([path, one]) => row(path, `${one.used} / ${one.limit}`));
  box.replaceChildren(rows.length ? h("dl", { class: "facts" }, ...rows.flat()) : h("p", { class: "empty" }, "今天还没有用过"));
}

async function showOrders() {
  const answer = await attempt(() => ask("pay/orders"));
  if (!answer) return;
  const rows = answer.orders.slice(-20).reverse().map((order) => h("div", { class: "field", "data-testid": "order-row" },
    h("label", {}, `${order.description} ¥${(order.amount.total / 100).toFixed(2)}`, h("small", {}, order.out_trade_no)), STATES[order.trade_state] || order.trade_state));
  orders.replaceChildren(...(rows.length ? rows : [h("p", { class: "empty" }, "还没有订单")]));
}
