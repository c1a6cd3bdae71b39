// Scanning: the codes the bot made, any other scene, or a payment code.
import { openCashier } from "./cashier.js";
import { act, ask, attempt } from "./control.js";
import { h } from "./dom.js";
import { openSheet } from "./sheet.js";

export async function scan() {
  const answer = await attempt(() => ask("codes"));
  const codes = (answer ? answer.codes : []).filter((code) => code.good).slice(-6).reverse();
  const chosen = await openSheet("scan-sheet", "扫一扫", (close) => sheet(codes, close));
  if (!chosen) return;
  if (chosen.startsWith("weixin://wxpay/")) await openCashier({ code_url: chosen });
  else await act("scan", { scene: chosen });
}

function sheet(codes, close) {
  const input = h("input", { class: "sheet-input", placeholder: "场景值，或 weixin://wxpay/… 支付码", "data-testid": "scan-scene", "aria-label": "场景值" });
  const pictures = codes.map((code, at) => h("button", { type: "button", class: "code", "data-testid": `scan-code-${at}`, onclick: () => close(code.scene) },
    h("img", { src: `/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket)}`, alt: code.scene, width: "84" })));
  return [h("form", { onsubmit: (event) => { event.preventDefault(); close(input.value.trim()); } },
    h("p", { class: "cashier-what" }, codes.length ? "选一个公众号生成的二维码，或者输入" : "公众号还没有生成二维码，可以输入一个场景值"),
    h("div", { class: "codes" }, ...pictures), input,
    h("button", { class: "weui-btn weui-btn_primary", "data-testid": "scan-go" }, "扫"),
    h("button", { type: "button", class: "weui-btn weui-btn_default", "data-testid": "scan-cancel", onclick: () => close("") }, "取消"))];
}
