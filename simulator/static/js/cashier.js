// The payment sheet of the phone.
import { ask, phone, tell } from "./control.js";
import { h } from "./dom.js";
import { openSheet } from "./sheet.js";

const FAIL = "get_brand_wcpay_request:fail";
const MORE = [["late", "一分钟后才付"], ["twice", "连付两次"], ["network", "付了但断网"]];

export async function openCashier(question) {
  const body = { openid: phone.openid };
  if (question.params) body.params = question.params;
  else if (question.code_url) body.code_url = question.code_url;
  else body.prepay_id = question.prepay_id;
  try {
    return await sheet(await ask("pay/cashier", body));
  } catch (error) {
    tell(`收银台打不开：${error.message}`, true);
    return FAIL;
  }
}

function sheet(order) {
  return openSheet("cashier", "微信支付", (close) => {
    const note = h("p", { class: "cashier-note", "data-testid": "cashier-note" });
    const choose = async (way) => {
      try {
        close((await ask("pay/choose", { openid: phone.openid, prepay_id: order.prepay_id, way })).err_msg);
      } catch (error) {
        note.textContent = error.message;
      }
    };
    return [h("button", { class: "cashier-close", "aria-label": "取消支付", "data-testid": "cashier-cancel",
      onclick: () => order.state === "NOTPAY" ? choose("cancel") : close(FAIL) }, "✕"),
    h("p", { class: "cashier-shop" }, order.merchant),
    h("p", { class: "cashier-amount", "data-testid": "cashier-amount" }, `¥${(order.amount_fen / 100).toFixed(2)}`),
    h("p", { class: "cashier-what" }, order.description),
    h("p", { class: "cashier-way" }, "付款方式", h("b", {}, "零钱")), note,
    h("button", { class: "weui-btn weui-btn_primary", "data-testid": "cashier-pay", onclick: () => choose("pay") }, "立即支付"),
    h("div", { class: "cashier-more" }, "意外：", ...MORE.map(([way, words]) => h("button", { "data-testid": `cashier-${way}`, onclick: () => choose(way) }, words)))];
  });
}
