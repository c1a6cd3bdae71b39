// Asking for a 订阅通知 with WeChat's own button. What the reader answered is told to the bot by WeChat, not by this page.
(() => {
  const { get } = window.shutong;
  const box = document.getElementById("ask");
  const told = document.getElementById("ask-told");
  const here = location.pathname + location.search; // what is signed: the address the page was opened at
  const nonce = document.currentScript.nonce;
  const SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js";
  const OFF = { 20004: "你在微信里关了这个号的通知，打开后再试", 10002: "网络不通，过一会儿再试", 10003: "网络不通，过一会儿再试" };

  // Resolves once the JS-SDK is there; a page outside WeChat, or a phone without a line, never has it.
  const sdk = () => new Promise((done) => {
    if (window.wx && window.wx.config) { done(); return; }
    const script = Object.assign(document.createElement("script"), { src: SDK, nonce, onload: done });
    document.head.append(script);
  });

  // The button is WeChat's: it lies in a frame of its own and takes no style of ours.
  const button = () => {
    const tag = document.createElement("wx-open-subscribe");
    tag.setAttribute("template", box.dataset.templates);
    tag.id = "ask-tag";
    const look = document.createElement("script");
    look.type = "text/wxtag-template";
    look.textContent = '<button style="width:100%;padding:10px 0;border:0;border-radius:8px;background:#07c160;color:#fff;font-size:17px">提醒我</button>';
    tag.append(look);
    tag.addEventListener("success", (event) => {
      const details = String((event.detail && event.detail.subscribeDetails) || "");
      told.textContent = details.includes("accept") ? "好的，有合适的会提醒你一次" : details.includes("reject") ? "好的，不提醒" : "";
    });
    tag.addEventListener("error", (event) => {
      told.textContent = OFF[event.detail && event.detail.errCode] || "没有问成，过一会儿再试";
    });
    return tag;
  };

  const show = () => {
    box.hidden = false;
    document.getElementById("ask-button").append(button());
  };

  const start = async () => {
    await sdk();
    const answer = await get(`/js-config?path=${encodeURIComponent(here)}`);
    if (!answer.ok) return; // no button is better than one that does nothing
    window.wx.ready(show);
    window.wx.config({ debug: false, ...answer.body, jsApiList: ["updateAppMessageShareData"], openTagList: ["wx-open-subscribe"] });
  };
  start();
})();
