// Buying: from the button to the whole item. What the cashier says is only a hint; the server says when it is paid.
(() => {
  const { post, get, pause, kept } = window.shutong;
  const box = document.getElementById("buy-box");
  if (!box) return;
  const { slug } = box.dataset;
  const shown = { shown_fen: Number(box.dataset.fen) }; // the server decides; it refuses when this is no longer the price
  const button = document.getElementById("buy");
  const told = document.getElementById("buy-told");
  const again = document.getElementById("paid-already");
  const code = document.getElementById("buy-code");
  const PENDING = `order.${slug}`;
  const PENDING_SECONDS = 7200;
  const GAPS = [0.5, 1, 2, 3, 5, 8, 13, 21, 30, 45, 60, 90, 120, 180]; // seconds between questions, about ten minutes
  const RETURNED_GAPS = [0, 2, 5, 10];

  let watching = 0;
  const say = (words) => { told.textContent = words; };

  // Asks until the order is paid, ever more rarely; a newer watch ends an older one.
  async function watch(number, gaps, atEnd) {
    watching += 1;
    const mine = watching;
    for (const gap of gaps) {
      await pause(gap);
      if (mine !== watching) return;
      if (document.visibilityState === "hidden") { // nobody looks: ask when somebody does
        await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
        if (mine !== watching) return;
      }
      const answer = await get(`/orders/${number}`);
      if (mine !== watching) return;
      if (answer.ok && answer.body.state === "paid") { finish(); return; }
      if (answer.status === 404 || (answer.ok && answer.body.state !== "waiting")) {
        kept.drop(PENDING);
        again.hidden = true;
        if (answer.ok) say("这笔订单已经关闭，可以重新购买");
        return;
      }
    }
    if (atEnd) say(atEnd);
    again.hidden = false;
  }

  function finish() {
    kept.drop(PENDING);
    kept.write(`paid.${slug}`, true);
    say("付好了，正在打开全文…");
    location.replace(location.pathname);
  }

  const bridge = () => new Promise((done) => {
    if (window.WeixinJSBridge) { done(window.WeixinJSBridge); return; }
    const late = setTimeout(() => done(null), 5000);
    document.addEventListener("WeixinJSBridgeReady", () => { clearTimeout(late); done(window.WeixinJSBridge); }, { once: true });
  });

  const ENDS = {
    ok: "已付款，正在确认…",
    cancel: "还没有付款，随时可以继续",
    fail: "没有付成。如果已经扣款，这里会自动打开全文，不用再付",
  };

  async function jsapi(order) {
    const wechat = await bridge();
    if (!wechat) { say("没有等到微信的收银台，刷新这一页再试"); return; }
    post(`/orders/${order.order_no}/opened`);
    const end = await new Promise((done) => {
      wechat.invoke("getBrandWCPayRequest", order.params, (result) => done(String(result.err_msg || "").split(":")[1]));
    });
    say(ENDS[end] || ENDS.fail);
    watch(order.order_no, GAPS, end === "ok" ? "还没有收到付款结果。已经付了的话，过一会儿点下面再查一次" : "");
  }

  function native(order) {
    const picture = document.getElementById("buy-qr");
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(order.params.qr_svg)}`;
    code.hidden = false;
    code.scrollIntoView({ block: "center" });
    post(`/orders/${order.order_no}/opened`);
    watch(order.order_no, [3, 3, ...GAPS.slice(3)], "付款码可能过期了，点按钮换一个新的");
  }

  function h5(order) {
    post(`/orders/${order.order_no}/opened`, undefined, true);
    location.href = order.params.h5_url;
  }

  const CASHIERS = { jsapi, native, h5 };

  async function buy() {
    button.disabled = true;
    button.classList.add("weui-btn_loading");
    say("");
    try {
      let answer = await post(`/checkout/${slug}`, shown);
      for (let tries = 0; answer.status === 503 && answer.body.again && tries < 4; tries += 1) {
        await pause(1 + tries);
        answer = await post(`/checkout/${slug}`, shown);
      }
      if (answer.body.owned) { finish(); return; }
      if (!answer.ok) { say(answer.body.error); return; }
      const order = answer.body;
      kept.write(PENDING, { number: order.order_no, method: order.method, at: Date.now() });
      await CASHIERS[order.method](order);
    } finally {
      button.disabled = false;
      button.classList.remove("weui-btn_loading");
    }
  }

  if (button) button.addEventListener("click", buy);

  // --- back from a cashier elsewhere, or a page opened again after paying
  const pending = () => {
    const found = kept.read(PENDING);
    return found && Date.now() - found.at < PENDING_SECONDS * 1000 ? found : null;
  };
  const found = pending();
  if (found) {
    if (found.method === "h5") { again.hidden = false; say("付好了吗？付好会自动打开全文"); }
    watch(found.number, RETURNED_GAPS, "");
  }
  again.addEventListener("click", () => {
    const order = pending();
    if (!order) { say("没有找到刚才的订单，可以重新购买"); return; }
    say("正在查付款结果…");
    watch(order.number, RETURNED_GAPS, "还没有收到付款。没有付就点上面的按钮，付了请过一会儿再查");
  });
  addEventListener("pageshow", (event) => { if (event.persisted && pending()) watch(pending().number, RETURNED_GAPS, ""); });
})();
