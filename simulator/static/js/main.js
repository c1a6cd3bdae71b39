// The page: one phone, what it shows, and what went over the wire.
import { clearChat, showChat, showWaiting } from "./chat.js";
import { act, ask, attempt, phone, tell } from "./control.js";
import { byId, clockText, h } from "./dom.js";
import { showMenu, startMenu } from "./menu.js";
import { startMore } from "./more.js";
import { startPane } from "./pane.js";
import { showPeople } from "./people.js";
import { settingsPanel, showSettings } from "./settings.js";
import { showState, statePanel } from "./state.js";
import { showCrowd, showTime, timePanel } from "./time.js";
import { showFaults, troublePanel } from "./trouble.js";
import { clearWire, filter, knowPeople, showWire, wirePanel } from "./wire.js";

const TABS = [["wire", "报文", wirePanel], ["state", "状态", statePanel], ["trouble", "故障", troublePanel], ["time", "时钟", timePanel], ["settings", "设置", settingsPanel]];
const seen = { revision: -1, chat: 0, wire: 0, generation: null };
const time = { now: 0, speed: 1, since: 0 };
const BREATH_MS = 80; // between two updates, so that a living crowd does not keep the page busy
let wake = new AbortController();

function startTabs() {
  for (const [id, title, build] of TABS) {
    const panel = build();
    panel.hidden = id !== "wire";
    byId("panels").append(panel);
    byId("tabs").append(h("button", { role: "tab", "data-testid": `tab-${id}`, "aria-selected": String(id === "wire"), onclick: (event) => {
      for (const other of byId("panels").children) other.hidden = other !== panel;
      panel.dispatchEvent(new Event("shown"));
      for (const tab of byId("tabs").children) tab.setAttribute("aria-selected", String(tab === event.currentTarget));
    } }, title));
  }
}

function choose(openid) {
  phone.openid = openid;
  localStorage.setItem("openid", openid);
  seen.chat = 0;
  seen.revision = -1;
  clearChat();
  filter();
  wake.abort();
}

function show(news) {
  if (!news.followers.some((person) => person.openid === phone.openid)) { choose(news.followers[0].openid); return; }
  if (seen.generation !== null && seen.generation !== news.generation) { clearChat(); clearWire(); seen.chat = 0; seen.wire = 0; seen.generation = news.generation; return; }
  seen.generation = news.generation;
  seen.revision = news.revision;
  knowPeople(news.followers);
  showPeople(news.followers, choose);
  showChat(news.chat);
  showWire(news.wire);
  showMenu(news.menu);
  showSettings(news.settings);
  showState(news.state, news.now);
  showFaults(news.faults);
  showCrowd(news.crowd);
  if (news.chat.length) seen.chat = news.chat.at(-1).seq;
  if (news.wire.length) seen.wire = news.wire.at(-1).seq;
  time.now = news.now;
  time.speed = news.speed;
  time.since = performance.now();
  tick();
}

function tick() {
  const now = time.now + (performance.now() - time.since) / 1000 * time.speed;
  byId("clock").textContent = clockText(now, true);
  byId("phone-time").textContent = clockText(now);
  showTime(now, time.speed);
}

async function follow() {
  for (;;) {
    wake = new AbortController();
    const asked = phone.openid;
    const query = new URLSearchParams({ openid: asked, chat_after: seen.chat, wire_after: seen.wire, seen: seen.revision, wait: 10 });
    try {
      const response = await fetch(`/_control/updates?${query}`, { signal: wake.signal });
      const news = await response.json();
      if (asked === phone.openid) show(news);
      document.body.dataset.live = "yes";
      await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    } catch (error) {
      if (error.name === "AbortError") continue;
      tell("与模拟器失去联系，正在重试…", true);
      document.body.dataset.live = "no";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function startForms() {
  document.addEventListener("newcomer", (event) => choose(event.detail));
  byId("say-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("say").value;
    if (!text.trim()) return;
    byId("say").value = "";
    act("say", { text });
  });
  byId("follow").addEventListener("click", () => act("follow"));
  byId("unfollow").addEventListener("click", () => act("unfollow"));
  byId("opening").addEventListener("click", () => act("opening"));
  byId("openings").addEventListener("click", () => attempt(async () => {
    tell("六位样例关注者正在开场…");
    await ask("openings", {});
    tell("六位样例关注者都已开场");
  }));
  byId("verify").addEventListener("click", () => attempt(async () => {
    const result = await ask("verify", {});
    tell(result.ok ? "网址验证通过" : `网址验证失败：${result.detail}`, !result.ok);
  }));
  byId("reset").addEventListener("click", () => attempt(async () => { await ask("reset", { keep_account: true }); tell("已重置"); }));
}

document.addEventListener("waiting", showWaiting);
setInterval(tick, 500);
startTabs();
startPane();
startMenu();
startMore();
startForms();
attempt(async () => {
  const ready = await ask("ready");
  phone.name = ready.name;
  byId("account-name").textContent = ready.name;
  document.title = `${ready.name} · 微信模拟器`;
});
follow();
