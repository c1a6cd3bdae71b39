// The wire log: every try of every push and every call of the API, newest first.
import { h } from "./dom.js";
import { phone } from "./control.js";
import { faultWords } from "./trouble.js";
import { verdict } from "./verdicts.js";

const KINDS = { push: "推送", api: "接口", verify: "验证", pay: "支付" };
const KEPT = 400;
let people = new Map();
let list, count, onlyMine = false;

export function wirePanel() {
  list = h("div", { "data-testid": "wire-list" });
  count = h("span", { class: "grow" });
  const mine = h("button", { "aria-pressed": "false", "data-testid": "wire-mine", onclick: () => {
    onlyMine = !onlyMine;
    mine.setAttribute("aria-pressed", String(onlyMine));
    filter();
  } }, "只看这位");
  const clear = h("button", { "data-testid": "wire-clear", onclick: () => { list.replaceChildren(); counted(); } }, "清空显示");
  const panel = h("div", { class: "panel", id: "wire", "data-testid": "wire" }, h("div", { class: "wire-bar" }, count, mine, clear), list);
  counted();
  return panel;
}

export function knowPeople(all) {
  people = new Map(all.map((person) => [person.openid, person.name]));
}

export function showWire(entries) {
  for (const entry of entries) list.prepend(row(entry));
  while (list.children.length > KEPT) list.lastChild.remove();
  filter();
  counted();
}

export function clearWire() {
  list.replaceChildren();
  counted();
}

function counted() {
  const n = list.children.length;
  count.textContent = n ? `${n} 次往来` : "平台与公众号服务器之间的每一次往来都会列在这里";
}

export function filter() {
  for (const item of list.children) item.hidden = onlyMine && item.dataset.openid !== "" && item.dataset.openid !== phone.openid;
}

const nameOf = (openid) => people.get(openid) || (openid.startsWith("oCrowd") ? `人群 ${openid.slice(6, 10)}` : openid.slice(0, 10));

function row(entry) {
  const who = entry.openid ? ` · ${nameOf(entry.openid)}` : "";
  const times = entry.kind === "push" && (entry.attempt > 1 || ["timeout", "connection"].includes(entry.rule))
    ? h("span", { class: "try", "data-testid": "wire-try" }, `第 ${entry.attempt}/${entry.attempts} 次`) : null;
  const struck = entry.fault ? h("span", { class: "fault", title: entry.fault, "data-testid": "wire-fault" }, `⚡${faultWords(entry.fault)}`) : null;
  const body = h("div", { class: "wire-body" });
  const details = h("details", { class: `wire-entry ${entry.ok ? "" : "bad"}`, "data-testid": "wire-entry", "data-kind": entry.kind,
    "data-rule": entry.rule, "data-openid": entry.openid || "", "data-attempt": entry.attempt,
    ontoggle: () => { if (details.open && !body.firstChild) body.append(...inside(entry)); } },
  h("summary", {}, h("span", { class: `badge ${entry.kind}` }, KINDS[entry.kind] || entry.kind),
    h("span", { class: "what" }, entry.what, h("span", { class: "who" }, who)), struck, times,
    h("span", { class: "ms" }, `${entry.elapsed_ms < 10 ? entry.elapsed_ms.toFixed(1) : Math.round(entry.elapsed_ms)} ms`),
    h("span", { class: "rule", title: entry.rule }, `${entry.ok ? "✓" : "✗"} ${verdict(entry)}`)), body);
  return details;
}

function inside(entry) {
  const parts = [h("h4", {}, `判定：${verdict(entry)} · ${entry.rule} · ${entry.detail}${entry.status ? `（HTTP ${entry.status}）` : ""}${entry.sealed ? " · 加密传输，以下为解密后" : ""}`)];
  const add = (title, text) => text && parts.push(h("h4", {}, title), h("pre", {}, pretty(text)));
  add("地址", entry.url);
  add("请求", entry.request);
  add("应答", entry.answer);
  return parts;
}

function pretty(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    try { return JSON.stringify(JSON.parse(trimmed), null, 2); } catch { return text; }
  }
  return trimmed.startsWith("<xml>") ? trimmed.replace(/(<\/\w+>|<xml>)\s*(?=<)/g, "$1\n") : text;
}
