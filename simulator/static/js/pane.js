// The page pane beside the phone: WeChat's browser. The bot's own pages open in this person's phone host.
import { openCashier } from "./cashier.js";
import { ask, attempt, phone, tell } from "./control.js";
import { byId, h } from "./dom.js";
import { openSheet } from "./sheet.js";

let site = "";

export async function openPage(url) {
  byId("pane").hidden = false;
  byId("address").value = url;
  const answer = await attempt(() => ask(`followers/${phone.openid}/address`, { url }));
  site = new URL(url).origin;
  byId("page").src = answer ? answer.address : url;
}

export function closePage() {
  byId("pane").hidden = true;
  byId("page").src = "about:blank";
}

const ANSWERS = {
  pay: async (question) => {
    const result = await openCashier(question);
    if (question.back) byId("page").src = (await ask(`followers/${phone.openid}/address`, { url: question.back })).address;
    return result;
  },
  close: async () => { closePage(); return ""; },
  opened: async (question) => { byId("address").value = site + question.path; return ""; },
  share: async (question) => { tell(`页面设置了分享卡片：${question.data.title || ""}`); return ""; },
  subscribe: async (question) => {
    const chosen = await subscribeSheet(question.templates);
    await attempt(() => ask(`followers/${phone.openid}/consent`, { templates: chosen }));
    return chosen;
  },
};

function subscribeSheet(templates) {
  const all = (answer) => Object.fromEntries(templates.map((id) => [id, answer]));
  return openSheet("subscribe-sheet", "订阅通知", (close) => [
    h("p", { class: "cashier-what" }, `${phone.name} 申请向你发送 ${templates.length} 条通知`),
    h("button", { class: "weui-btn weui-btn_primary", "data-testid": "subscribe-accept", onclick: () => close(all("accept")) }, "允许"),
    h("button", { class: "weui-btn weui-btn_default", "data-testid": "subscribe-reject", onclick: () => close(all("reject")) }, "取消")]);
}

export function startPane() {
  byId("pane-close").addEventListener("click", closePage);
  byId("pane-reload").addEventListener("click", () => { byId("page").src = byId("page").src; });
  window.addEventListener("message", async (event) => {
    const frame = byId("page").contentWindow;
    if (event.source !== frame || !event.data || !ANSWERS[event.data.sim]) return;
    const result = await ANSWERS[event.data.sim](event.data);
    frame.postMessage({ sim: "answer", id: event.data.id, result }, "*");
  });
}
