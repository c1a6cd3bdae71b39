// /me: what is known about me, chosen, refused and forgotten; the switches of pushes and of personalisation; giving a purchase back.
(() => {
  const { post, get } = window.shutong;
  const told = document.getElementById("me-told");
  const all = (selector, act) => document.querySelectorAll(selector).forEach((one) => one.addEventListener("click", () => act(one)));

  // Send it; the button waits. Tells the reader `done`, or what went wrong, and resolves to whether it was done.
  const send = async (button, path, values, done) => {
    button.disabled = true;
    const answer = await post(path, values);
    button.disabled = false;
    told.textContent = answer.ok ? done : answer.body.error;
    return answer.ok;
  };
  // True at the second tap; a double tap is one.
  const sure = (button) => {
    if (button.dataset.asked) return true;
    button.dataset.asked = "1";
    button.textContent = button.dataset.sure;
    button.disabled = true;
    setTimeout(() => { button.disabled = false; button.focus(); }, 700);
    return false;
  };

  all('.st-me__act[data-act="forget-fact"]', async (button) => {
    const row = button.closest("[data-fact]");
    if (await send(button, "/me/facts/forget", { name: row.dataset.fact }, "忘了")) row.remove();
  });

  all("#forget-facts", async (button) => {
    if (sure(button) && (await send(button, "/me/facts/forget-all", {}, "忘了"))) button.closest("section").remove();
  });

  all('.st-me__act[data-act="forget"]', async (button) => {
    const row = button.closest(".st-me__interest");
    if (await send(button, "/me/forget", { tag: row.dataset.tag }, `「${row.dataset.tag}」的事已经忘了`)) row.remove();
  });

  all('.st-me__act[data-act="refuse"]', async (button) => {
    const row = button.closest(".st-me__interest");
    const tag = row.dataset.tag;
    if (!(await send(button, "/me/choose", { tag, wanted: false }, `以后不推「${tag}」`))) return;
    row.querySelector("progress").remove();
    const [first, ...others] = row.querySelectorAll(".st-me__reason");
    others.forEach((one) => one.remove());
    if (first) first.textContent = "你说过不要，不会推给你";
    button.remove();
  });

  all(".st-me__choice", async (button) => {
    const tag = button.dataset.tag;
    const on = button.getAttribute("aria-pressed") !== "true";
    const path = on ? "/me/choose" : "/me/forget";
    if (await send(button, path, { tag, wanted: true }, on ? `记住了：你喜欢「${tag}」` : `「${tag}」的事已经忘了`)) {
      button.setAttribute("aria-pressed", String(on));
    }
  });

  all("#forget-all", async (button) => {
    if (sure(button) && (await send(button, "/me/forget-all", {}, ""))) location.reload();
  });

  // In WeChat's browser nothing can be downloaded.
  all("#copy", async (button) => {
    button.disabled = true;
    const answer = await get("/me/export");
    try {
      if (answer.ok) await navigator.clipboard.writeText(JSON.stringify(answer.body, null, 2));
      told.textContent = answer.ok ? "复制好了，粘贴到备忘录里保存" : answer.body.error;
    } catch {
      told.textContent = "这个浏览器不让复制，试试下载";
    }
    button.disabled = false;
  });

  all("#erase", async (button) => {
    if (sure(button) && (await send(button, "/me/erase", { sure: true }, ""))) location.reload();
  });

  // The second tap returns the money, and the right to read goes with it.
  all(".st-me__return", async (button) => {
    const done = "退款已提交，钱按原路退回，退到之后就不能再读了";
    if (sure(button) && (await send(button, "/me/return", { order_no: button.dataset.order }, done))) button.parentElement.remove();
  });

  all('.st-me__act[data-act="want"]', async (button) => {
    const row = button.closest("[data-topic]");
    const topic = row.dataset.topic;
    if (await send(button, "/me/pushes", { topic, on: true }, `「${topic}」又会推了`)) row.remove();
  });

  const pushes = document.getElementById("pushes");
  if (pushes) pushes.addEventListener("change", async () => {
    const answer = await post("/me/pushes", { topic: "", on: pushes.checked });
    if (!answer.ok) pushes.checked = !pushes.checked;
    told.textContent = answer.ok ? (pushes.checked ? "有合适的会告诉你" : "不再主动推送；你发消息照样会答") : answer.body.error;
  });

  const personal = document.getElementById("personal");
  if (personal) personal.addEventListener("change", async () => {
    const answer = await post("/me/personalisation", { on: personal.checked });
    if (!answer.ok) personal.checked = !personal.checked;
    told.textContent = answer.ok ? (personal.checked ? "以后按你的兴趣挑" : "不再按你的兴趣挑，也不再记") : answer.body.error;
  });
})();
