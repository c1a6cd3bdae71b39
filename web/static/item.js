// The item page: where the reader is, how far they read, and what they think of it.
(() => {
  const { post, kept } = window.shutong;
  const react = document.getElementById("react");
  const slug = react.dataset.slug;
  const told = document.getElementById("react-told");
  const parts = [...document.querySelectorAll(".st-text > *")];

  // --- the place: the number of the first part on the screen, so that it stays when more text comes below
  const PLACE = `place.${slug}`;
  const place = () => {
    const first = parts.findIndex((part) => part.getBoundingClientRect().bottom > 0);
    return first < 0 ? parts.length - 1 : first; // at the button the free part is above the screen
  };
  const remembered = kept.read(PLACE);
  const justPaid = kept.read(`paid.${slug}`) && document.getElementById("rest");
  if (remembered > 0 && parts[remembered] && !location.hash) {
    history.scrollRestoration = "manual";
    parts[remembered].scrollIntoView({ block: "start" });
  }
  if (justPaid) {
    kept.drop(`paid.${slug}`);
    const thanks = Object.assign(document.createElement("p"), { className: "st-thanks", textContent: "付好了，接着读" });
    thanks.setAttribute("role", "status");
    justPaid.before(thanks);
  }

  // --- how far: told at each quarter, and when the page is left, with the seconds it was looked at since it was last told
  let farthest = -1;
  let lookedAt = 0; // milliseconds
  let since = document.visibilityState === "hidden" ? 0 : Date.now();
  const look = () => { if (since) { lookedAt += Date.now() - since; since = Date.now(); } };
  // Of all characters there are to read, the share that has come above the lower edge of the screen: so a writer can be
  // told the passage, whatever the screen and the pictures.
  const letters = parts.map((part) => part.textContent.replace(/\s/g, "").length);
  const all = letters.reduce((sum, count) => sum + count, 0);
  const percent = () => {
    if (!all) return 100;
    const seen = parts.reduce((sum, part, n) => {
      const { top, height } = part.getBoundingClientRect();
      return sum + letters[n] * Math.min(1, Math.max(0, (innerHeight - top) / (height || 1)));
    }, 0);
    return Math.round((seen / all) * 100);
  };
  const selling = document.querySelector(".st-buy");
  const LEAST = 5000; // milliseconds: who leaves sooner, and no further down, has nothing to tell
  const tell = (leaving) => {
    look();
    if (selling && kept.read(`paid.${slug}`)) return; // from now on a place is one in the whole text, and this page has a part
    const now = selling ? Math.min(percent(), 89) : percent(); // the free part is not the end
    const quarter = Math.floor(now / 25) > Math.floor(farthest / 25) || (now >= 90 && farthest < 90);
    if (!quarter && !(leaving && (now > farthest || lookedAt >= LEAST))) return;
    farthest = Math.max(now, farthest);
    post(`/a/${slug}/progress`, { percent: farthest, seconds: Math.round(lookedAt / 1000) }, true);
    lookedAt = 0;
  };
  let pending = 0;
  addEventListener("scroll", () => {
    if (pending) return;
    pending = setTimeout(() => { pending = 0; kept.write(PLACE, place()); tell(false); }, 400);
  }, { passive: true });
  if (scrollY) dispatchEvent(new Event("scroll")); // who was quicker than this script
  const leave = () => { kept.write(PLACE, place()); tell(true); };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") { since = Date.now(); return; }
    leave();
    since = 0;
  });
  addEventListener("pagehide", leave); // a page in a frame is left without becoming hidden

  // --- what they think
  const like = document.getElementById("like");
  like.addEventListener("click", async () => {
    const on = like.getAttribute("aria-pressed") !== "true";
    const answer = await post(`/a/${slug}/like`, { on });
    told.textContent = answer.ok ? "" : answer.body.error;
    if (!answer.ok) return;
    like.setAttribute("aria-pressed", String(on));
    like.textContent = on ? "已赞" : "赞";
  });

  const share = document.getElementById("share");
  share.addEventListener("click", async () => {
    const hint = document.getElementById("share-hint");
    post(`/a/${slug}/share`, { to: "friend" });
    if (navigator.share && !/MicroMessenger/i.test(navigator.userAgent)) {
      try { await navigator.share({ title: document.title, url: `${location.origin}/a/${slug}` }); } catch { /* they changed their mind */ }
      return;
    }
    hint.hidden = !hint.hidden;
    share.setAttribute("aria-expanded", String(!hint.hidden));
  });

  const feedback = document.getElementById("feedback");
  if (feedback) feedback.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(feedback);
    const values = {};
    if (given.get("stars")) values.stars = Number(given.get("stars"));
    if (given.get("text").trim()) values.text = given.get("text").trim();
    const answer = await post(`/a/${slug}/feedback`, values);
    told.textContent = answer.ok ? "谢谢，作者会看到" : answer.body.error;
    if (!answer.ok) return;
    feedback.elements.text.value = "";
    if (values.stars) document.getElementById("stars-title").textContent = `你给过 ${values.stars} 星，想改随时改`;
  });

  const refuse = document.getElementById("refuse");
  if (refuse) refuse.addEventListener("click", async () => {
    const tag = refuse.dataset.tag;
    refuse.disabled = true;
    const answer = await post("/me/choose", { tag, wanted: false });
    refuse.disabled = false;
    if (answer.ok) refuse.replaceWith(`以后不推「${tag}」，在「我的」里可以改回来`);
    else told.textContent = answer.body.error;
  });
})();
