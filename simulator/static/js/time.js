// The platform's clock, and the crowd that lives by it.
import { ask, attempt, tell } from "./control.js";
import { clockText, h } from "./dom.js";

const SPEEDS = [[0, "停"], [1, "1×"], [60, "60×"], [600, "600×"], [1000, "1000×"]];
const JUMPS = [[60, "+1 分钟"], [3600, "+1 小时"], [86400, "+1 天"], [7 * 86400, "+7 天"]];
let now, buttons, crowdFacts, weeks, people, days;

export function timePanel() {
  now = h("p", { class: "lead", "data-testid": "platform-time" });
  buttons = SPEEDS.map(([speed, words]) => h("button", { "data-testid": `speed-${speed}`, "data-speed": speed, onclick: () => change({ speed }) }, words));
  const jumps = JUMPS.map(([seconds, words]) => h("button", { "data-testid": `advance-${seconds}`, onclick: () => change({ advance: seconds }) }, words));
  const today = h("button", { "data-testid": "clock-now", onclick: () => change({ set: Date.now() / 1000, speed: 1 }) }, "回到现在");
  people = h("input", { type: "number", min: "1", max: "2000", value: "20", id: "crowd-people", "data-testid": "crowd-people" });
  days = h("input", { type: "number", min: "0", max: "366", value: "0", id: "crowd-days", "data-testid": "crowd-days" });
  const go = h("button", { class: "go", "data-testid": "crowd-go", onclick: live }, "来人");
  weeks = h("div", { class: "weeks" });
  crowdFacts = h("dl", { class: "facts", "data-testid": "crowd-report" });
  return h("div", { class: "panel", id: "time", "data-testid": "time" }, h("h3", {}, "平台时间"), now, h("div", { class: "buttons" }, ...buttons),
    h("div", { class: "buttons" }, ...jumps, today), h("h3", {}, "人群：各有隐藏口味的合成关注者，自己来、问、读、买、走"),
    h("div", { class: "field" }, h("label", { for: "crowd-people" }, "人数"), people),
    h("div", { class: "field" }, h("label", { for: "crowd-days" }, "马上过几天", h("small", {}, "0 = 按平台时间慢慢来；机器人要跟随平台时钟")), days, go), crowdFacts, weeks);
}

const change = (body) => attempt(async () => { await ask("clock", body); tell("时间已调整"); });

const live = () => attempt(async () => {
  tell("人群正在生活…");
  await ask("crowd", { people: Number(people.value), days: Number(days.value), seed: Math.floor(Math.random() * 1e6) });
  tell(Number(days.value) ? "人群过完了这几天" : "人群来了，按平台时间生活");
});

export function showTime(at, speed) {
  now.textContent = `${clockText(at, true)}${speed === 0 ? " · 已停" : speed === 1 ? "" : ` · ${speed}×`}`;
  for (const button of buttons) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
}

export function showCrowd(crowd) {
  if (!crowd || !crowd.people) { crowdFacts.replaceChildren(); weeks.replaceChildren(); return; }
  const part = (of) => (of === null ? "—" : of.toFixed(3));
  const rows = [["人数", `${crowd.people}（走了 ${crowd.left}）`], ["来访", crowd.sessions], ["提问 / 点菜单", `${crowd.asked} / ${crowd.tapped}`], ["看到 / 打开", `${crowd.shown} / ${crowd.opened}`],
    ["合口味程度", `${part(crowd.mean_shown_affinity)}（随便推：${part(crowd.mean_random_affinity)}）`], ["喜欢 / 分享", `${crowd.liked} / ${crowd.shared}`], ["购买", `${crowd.bought} 笔，¥${(crowd.spent_fen / 100).toFixed(2)}`], ["遇到故障", crowd.failures]];
  crowdFacts.replaceChildren(...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]));
  showWeeks(crowd.weeks);
}

// One bar a week: how well what was shown fits the hidden tastes.
function showWeeks(all) {
  const most = Math.max(...all.map((one) => one.mean_shown_affinity), 0.01);
  weeks.replaceChildren(...all.map((one) => h("div", { "data-week": one.week, style: `height:${(one.mean_shown_affinity / most) * 100}%`,
    title: `第 ${one.week} 周：看到 ${one.shown}，打开 ${one.opened}，购买 ${one.bought}，合口味 ${one.mean_shown_affinity.toFixed(3)}` })));
}
