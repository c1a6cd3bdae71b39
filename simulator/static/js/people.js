// The list of followers; choosing one is picking up her or his phone.
import { avatar } from "./chat.js";
import { ask, attempt, phone } from "./control.js";
import { byId, h } from "./dom.js";
import { askWords } from "./sheet.js";

let shown = "";

export function showPeople(people, choose) {
  phone.person = people.find((person) => person.openid === phone.openid) || people[0] || null;
  const text = JSON.stringify([phone.openid, people.map((one) => [one.openid, one.name, one.subscribed])]);
  if (text !== shown) {
    shown = text;
    byId("people").replaceChildren(...people.map((person) => personButton(person, choose)), newButton());
  }
  showHead();
}

function personButton(person, choose) {
  const about = person.about || {};
  const words = [about.age && `${about.age} 岁`, about.occupation].filter(Boolean).join(" · ") || person.openid.slice(0, 12);
  return h("button", { class: "person", "data-testid": `person-${person.openid}`, "aria-pressed": String(person.openid === phone.openid),
    title: (about.likes || []).join("、"), onclick: () => choose(person.openid) },
  avatar(person), h("span", {}, h("b", {}, person.name, " ", person.subscribed ? h("span", { class: "dot", title: "已关注" }, "●") : ""), h("small", {}, words)));
}

function newButton() {
  return h("button", { class: "person", id: "person-new", "data-testid": "person-new", title: "添一位关注者", onclick: add }, h("span", { class: "avatar" }, "＋"), h("span", {}, "新的一位"));
}

async function add() {
  const name = await askWords("new-sheet", "新的一位叫什么", "");
  if (!name || !name.trim()) return;
  const person = await attempt(() => ask("followers", { name: name.trim() }));
  if (person) document.dispatchEvent(new CustomEvent("newcomer", { detail: person.openid }));
}

function showHead() {
  const person = phone.person;
  const follows = Boolean(person && person.subscribed);
  byId("follow").hidden = !person || follows;
  byId("unfollow").hidden = !follows;
  byId("opening-bar").hidden = !person || person.opened || !person.opening.length;
  byId("opening").textContent = follows ? "说开场白" : "关注并说开场白";
  for (const id of ["say", "send", "more"]) byId(id).disabled = !follows;
  byId("say").placeholder = follows ? "发消息" : "关注后可以发消息";
}
