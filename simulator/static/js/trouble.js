// Misbehaviour on request: once, or by rate.
import { ask, attempt, tell } from "./control.js";
import { h } from "./dom.js";

const GROUPS = { push: "推送", api: "服务端接口", pay: "微信支付接口", notify: "支付通知" };
const WORDS = {
  push_duplicate: "同时推两份", push_answer_lost: "应答丢失", push_reordered: "被后来的超过", busy: "−1 系统繁忙", 45009: "45009 日限额", 45011: "45011 分钟限额",
  48004: "48004 接口被封", 40001: "40001 凭证失效", http_502: "502", slow: "很慢", reset_before: "生效前断线", reset_after: "生效后断线",
  pay_busy: "SYSTEM_ERROR", pay_frequency: "FREQUENCY_LIMITED", pay_502: "502", pay_slow: "很慢", pay_reset_before: "生效前断线", pay_reset_after: "生效后断线", pay_signtest: "支付应答签名是探测",
  notify_lost: "永远不来", notify_late: "迟到十分钟", notify_repeated: "来两次", notify_concurrent: "同时来两份", notify_forged: "伪造签名", notify_signtest: "签名探测",
  notify_wrong_amount: "金额不符", notify_wrong_appid: "appid 不符", notify_wrong_mchid: "商户号不符", notify_unknown_order: "没有的订单号", notify_wrong_aad: "附加数据被改", notify_wrong_key: "密钥不对", notify_future: "时间在未来", notify_past: "时间太旧",
  notify_unknown_serial: "未知证书序列号",
};
export const faultWords = (kind) => WORDS[kind] || kind;
let boxes, rate, sums;

export function troublePanel() {
  boxes = h("div");
  sums = h("p", { class: "wire-bar", "data-testid": "faults-state" });
  rate = h("input", { type: "number", min: "0", max: "100", step: "1", value: "0", id: "fault-rate", "data-testid": "fault-rate" });
  const set = h("button", { class: "go", "data-testid": "fault-rate-set", onclick: () => order({ rates: { all: Number(rate.value) / 100 } }) }, "应用");
  const clear = h("button", { class: "go", "data-testid": "faults-clear", onclick: () => attempt(async () => { await ask("faults/clear", {}); rate.value = "0"; tell("故障已清除"); }) }, "全部清除");
  const panel = h("div", { class: "panel", id: "trouble", "data-testid": "trouble" },
    h("div", { class: "field" }, h("label", { for: "fault-rate" }, "随机故障（%）", h("small", {}, "推送、接口、支付、通知各按这个概率出错")), rate, set, clear),
    sums, h("p", {}, "点一下，下一次就出这个错："), boxes);
  attempt(async () => build((await ask("faults")).groups));
  return panel;
}

const order = (body) => attempt(async () => { await ask("faults", body); tell("已安排"); });

function build(groups) {
  boxes.replaceChildren(...Object.entries(groups).flatMap(([group, kinds]) => [h("h3", {}, GROUPS[group] || group),
    h("div", { class: "buttons" }, ...kinds.map((kind) => h("button", { "data-testid": `fault-${kind}`, title: kind, onclick: () => order({ next: [{ kind }] }) }, WORDS[kind] || kind)))]));
}

export function showFaults(faults) {
  const waiting = faults.next.map((one) => `${WORDS[one.kind] || one.kind}${one.count > 1 ? `×${one.count}` : ""}`).join("、");
  const happened = Object.values(faults.happened).reduce((sum, n) => sum + n, 0);
  sums.textContent = `已安排：${waiting || "无"} · 已发生 ${happened} 次${Object.keys(faults.rates).length ? " · 随机故障开着" : ""}`;
}
