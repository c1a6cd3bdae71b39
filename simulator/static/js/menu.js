// The custom menu at the foot of the phone.
import { act } from "./control.js";
import { byId, h } from "./dom.js";
import { openPage } from "./pane.js";

let shown = "";

export function showMenu(buttons) {
  const text = JSON.stringify(buttons);
  if (text === shown) return;
  shown = text;
  const bar = byId("menu");
  if (!buttons.length) { bar.replaceChildren(h("span", { class: "none" }, "公众号还没有菜单")); return; }
  bar.replaceChildren(...buttons.map(topButton));
}

function topButton(button, index) {
  const children = button.sub_button || [];
  const mark = { "data-testid": `menu-${index}`, "data-key": button.key || "" };
  if (!children.length) return h("div", { class: "top" }, h("button", { ...mark, onclick: () => tap(button) }, button.name));
  const list = h("div", { class: "children", hidden: true }, ...children.map((child, at) =>
    h("button", { "data-testid": `menu-${index}-${at}`, "data-key": child.key || "", onclick: () => { closeAll(); tap(child); } }, child.name)));
  return h("div", { class: "top has" }, h("button", { ...mark, "aria-haspopup": "true", onclick: () => toggle(list) }, button.name), list);
}

function toggle(list) {
  const hidden = list.hidden;
  closeAll();
  list.hidden = !hidden;
}

function closeAll() {
  for (const list of document.querySelectorAll("#menu .children")) list.hidden = true;
}

async function tap(button) {
  if (button.type === "view") openPage(button.url);
  await act("tap", { key: button.key || button.pagepath || button.url || button.media_id || button.article_id });
}

export function startMenu() {
  document.addEventListener("click", (event) => { if (!event.target.closest("#menu")) closeAll(); });
}
