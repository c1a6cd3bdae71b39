// The chat: bubbles, cards and grey notes.
import { act, phone } from "./control.js";
import { byId, clockText, h } from "./dom.js";
import { openPage } from "./pane.js";

let lastAt = 0;

export function clearChat() {
  byId("chat").replaceChildren();
  lastAt = 0;
}

export function showChat(entries) {
  if (!entries.length) return;
  const chat = byId("chat");
  for (const entry of entries) {
    if (entry.at - lastAt > 300) chat.append(h("div", { class: "when" }, clockText(entry.at)));
    lastAt = entry.at;
    chat.append(entryElement(entry));
  }
  showWaiting();
  chat.scrollTop = chat.scrollHeight;
}

export function showWaiting() {
  const chat = byId("chat");
  chat.querySelector(".typing")?.remove();
  if (!phone.waiting) return;
  const dots = h("div", { class: "bubble" }, h("span"), h("span"), h("span"));
  chat.append(h("div", { class: "row typing", "data-testid": "waiting" }, accountAvatar(), dots));
  chat.scrollTop = chat.scrollHeight;
}

function entryElement(entry) {
  const marks = { "data-testid": `chat-${entry.sender}`, "data-kind": entry.kind, "data-seq": entry.seq };
  if (entry.sender === "note") return h("div", { class: `note ${entry.kind}`, ...marks }, ...pieces(entry));
  const mine = entry.sender === "follower";
  const channel = CHANNELS[entry.channel] ? h("span", { class: "channel" }, CHANNELS[entry.channel]) : null;
  return h("div", { class: `row ${mine ? "mine" : ""}`, ...marks },
    mine ? avatar(phone.person) : accountAvatar(), body(entry), channel);
}

const CHANNELS = { kf: "客服消息", template: "模板消息", notice: "订阅通知", mass: "群发", once: "一次性订阅", preview: "群发预览" };

export const avatar = (person) => h("span", { class: "avatar", style: `background:${person?.colour || "#8ba4c7"}` }, person?.avatar || "友");
const accountAvatar = () => h("span", { class: "avatar", style: "background:#2e7d5b" }, phone.name.slice(0, 1));

function body(entry) {
  const card = CARDS[entry.kind];
  return card ? card(entry) : h("div", { class: "bubble" }, ...pieces(entry));
}

function pieces(entry) {
  return entry.parts.map((part) => part.href
    ? h("a", { role: "button", tabindex: "0", "data-testid": "chat-link", "data-href": part.href,
      onclick: () => tapLink(part.href), onkeydown: (event) => event.key === "Enter" && tapLink(part.href) }, part.text)
    : document.createTextNode(part.text));
}

export async function tapLink(href) {
  if (href.startsWith("weixin://bizmsgmenu")) { await act("tap-link", { href }); return; }
  openPage(href);
}

const CARDS = {
  news: (entry) => articleCard(entry.content.Articles?.[0] || {}),
  music: (entry) => tile("♪", entry.content.Music?.Title || "音乐"),
  image: (entry) => pictureBubble(entry),
  voice: (entry) => tile("◖))", said(entry) || "语音"),
  video: () => tile("▶", "视频"),
  shortvideo: () => tile("▶", "小视频"),
  location: (entry) => tile("◎", said(entry) || "位置"),
  link: (entry) => tile("↗", said(entry) || "链接"),
  file: (entry) => tile("▤", said(entry) || "文件"),
  template: (entry) => fieldCard(entry),
  notice: (entry) => fieldCard(entry),
  msgmenu: (entry) => menuCard(entry),
};

const said = (entry) => entry.text.replace(/^\[[^\]]*\]/, "").trim();
const tile = (icon, words) => h("div", { class: "bubble" }, h("span", { class: "icon" }, icon), words);

function pictureBubble(entry) {
  const url = entry.content.PicUrl || entry.content.url;
  return url ? h("img", { class: "picture", src: url, alt: "图片" }) : tile("▣", "图片");
}

function articleCard(article) {
  const open = () => article.Url && openPage(article.Url);
  const picture = article.PicUrl
    ? h("img", { src: article.PicUrl, alt: "", loading: "lazy", onerror: (event) => event.target.remove() }) : null;
  return h("button", { class: "card", "data-testid": "news-card", "data-href": article.Url || "", onclick: open },
    h("b", {}, article.Title || ""), picture, article.Description ? h("p", {}, article.Description) : null,
    h("span", { class: "read" }, h("span", {}, "阅读全文"), h("span", {}, "›")));
}

function fieldCard(entry) {
  const rows = (entry.content.rows || []).flatMap((row) => [h("dt", {}, row.name), h("dd", {}, row.value)]);
  const url = entry.content.url;
  return h("button", { class: "card", "data-testid": "template-card", "data-href": url || "", onclick: () => url && openPage(url) },
    h("b", {}, entry.text), h("dl", {}, ...rows), url ? h("span", { class: "read" }, h("span", {}, "详情"), h("span", {}, "›")) : null);
}

function menuCard(entry) {
  const items = (entry.content.list || []).map((item) => h("button", { class: "menu-list", "data-testid": "msgmenu-item",
    onclick: () => act("say", { text: item.content, bizmsgmenuid: String(item.id) }) }, item.content));
  return h("div", { class: "bubble" }, entry.content.head_content || "", ...items, entry.content.tail_content || "");
}
