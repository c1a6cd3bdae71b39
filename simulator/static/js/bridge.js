// What WeChat puts into every page it opens: WeixinJSBridge, wx, and the subscription button.
// The phone around the page answers through messages.
(() => {
  if (window.WeixinJSBridge) return;
  document.documentElement.style.scrollbarWidth = "thin"; // a phone shows no broad scroll bar
  const waiting = new Map();
  let last = 0;
  const ask = (what, done) => {
    last += 1;
    waiting.set(last, done);
    parent.postMessage({ sim: what.sim, id: last, ...what }, "*");
  };
  window.addEventListener("message", (event) => {
    if (event.source !== parent || !event.data || event.data.sim !== "answer") return;
    const done = waiting.get(event.data.id);
    waiting.delete(event.data.id);
    if (done) done(event.data.result);
  });

  const events = {
    getBrandWCPayRequest: (params, done) => ask({ sim: "pay", params }, (result) => done({ err_msg: result })),
    closeWindow: (_params, done) => { ask({ sim: "close" }, () => done && done({ err_msg: "close_window:ok" })); },
  };
  window.WeixinJSBridge = {
    invoke(name, params, done = () => {}) {
      if (events[name]) events[name](params, done); else done({ err_msg: `${name}:ok` });
    },
    call(name) { this.invoke(name, {}); },
    on() {},
  };

  const ready = [];
  let configured = null;
  const shared = (kind) => (data) => { ask({ sim: "share", kind, data: { title: data.title, link: data.link } }, () => {}); if (data.success) data.success(); };
  window.wx = {
    config(config) {
      fetch("/_sim/js-config", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ config, path: location.pathname + location.search }) })
        .then((answer) => answer.json()).then((answer) => {
          configured = answer.error || "";
          if (configured) window.wx.failed && window.wx.failed({ errMsg: `config:${configured}` });
          else ready.splice(0).forEach((done) => done());
        });
    },
    ready(done) { if (configured === "") done(); else ready.push(done); },
    error(done) { window.wx.failed = done; if (configured) done({ errMsg: `config:${configured}` }); },
    checkJsApi(options) { options.success && options.success({ checkResult: Object.fromEntries((options.jsApiList || []).map((name) => [name, true])), errMsg: "checkJsApi:ok" }); },
    chooseWXPay(options) {
      const params = { appId: undefined, timeStamp: String(options.timestamp), nonceStr: options.nonceStr, package: options.package, signType: options.signType, paySign: options.paySign };
      ask({ sim: "pay", params }, (result) => {
        const end = result.split(":")[1];
        const done = { ok: options.success, cancel: options.cancel, fail: options.fail }[end];
        if (done) done({ errMsg: `chooseWXPay:${end}` });
        if (options.complete) options.complete({ errMsg: `chooseWXPay:${end}` });
      });
    },
    updateAppMessageShareData: shared("friend"),
    updateTimelineShareData: shared("moments"),
    closeWindow: () => window.WeixinJSBridge.invoke("closeWindow"),
    hideMenuItems() {}, showMenuItems() {}, hideOptionMenu() {}, showOptionMenu() {}, onMenuShareAppMessage() {}, onMenuShareTimeline() {},
  };

  class Subscribe extends HTMLElement {
    connectedCallback() {
      const template = this.querySelector("template, script[type='text/wxtag-template']");
      if (template) this.innerHTML = template.innerHTML; else if (!this.textContent.trim()) this.textContent = "订阅通知";
      this.style.cursor = "pointer";
      this.addEventListener("click", () => ask({ sim: "subscribe", templates: (this.getAttribute("template") || "").split(",").filter(Boolean) }, (chosen) => {
        const details = Object.fromEntries(Object.entries(chosen).map(([id, status]) => [id, JSON.stringify({ status })]));
        this.dispatchEvent(new CustomEvent("success", { detail: { errMsg: "subscribe:ok", subscribeDetails: JSON.stringify(details) } }));
      }));
    }
  }
  customElements.define("wx-open-subscribe", Subscribe);
  parent.postMessage({ sim: "opened", id: 0, path: location.pathname + location.search }, "*");
  document.addEventListener("DOMContentLoaded", () => document.dispatchEvent(new Event("WeixinJSBridgeReady")));
})();
