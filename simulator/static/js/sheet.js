// A sheet that slides up from the foot of the phone and is answered once.
import { byId, h } from "./dom.js";

export function openSheet(mark, label, build) {
  const overlay = byId("overlay");
  return new Promise((resolve) => {
    const close = (answer) => {
      overlay.hidden = true;
      overlay.replaceChildren();
      resolve(answer);
    };
    overlay.replaceChildren(h("div", { class: "cashier", role: "dialog", "aria-label": label, "data-testid": mark }, ...build(close)));
    overlay.hidden = false;
    overlay.querySelector("input")?.focus();
  });
}

export function askWords(mark, label, value) {
  return openSheet(mark, label, (close) => {
    const input = h("input", { class: "sheet-input", value, "data-testid": `${mark}-input`, "aria-label": label });
    return [h("form", { onsubmit: (event) => { event.preventDefault(); close(input.value); } }, h("p", { class: "cashier-what" }, label), input,
      h("button", { class: "weui-btn weui-btn_primary", "data-testid": `${mark}-go` }, "确定"),
      h("button", { type: "button", class: "weui-btn weui-btn_default", "data-testid": `${mark}-cancel`, onclick: () => close(null) }, "取消"))];
  });
}
