// The ＋ panel: every other kind of message a phone sends.
import { act } from "./control.js";
import { byId, h } from "./dom.js";
import { scan } from "./scan.js";
import { askWords } from "./sheet.js";

const PICTURE = "/_static/picture.svg";
const KINDS = [
  ["image", "图", "图片", () => ({ PicUrl: location.origin + PICTURE })],
  ["voice", "声", "语音", async () => {
    const words = await askWords("voice-sheet", "语音里说的话（识别结果，可以空着）", "有没有跑步的文章");
    return words === null ? null : { Recognition: words };
  }],
  ["video", "影", "视频", () => ({})],
  ["location", "位", "位置", () => ({})],
  ["link", "链", "链接", () => ({ Title: "一篇好文章", Description: "分享给你", Url: "https://example.com/" })],
  ["file", "文", "文件", () => ({ Title: "笔记.pdf", FileKey: "key", FileTotalLen: "1024" })],
];

export function startMore() {
  const panel = byId("more-panel");
  const chat = byId("chat");
  const close = () => { panel.hidden = true; byId("more").setAttribute("aria-expanded", "false"); };
  byId("more").addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    byId("more").setAttribute("aria-expanded", String(!panel.hidden));
    chat.scrollTop = chat.scrollHeight;
  });
  chat.addEventListener("click", close);
  panel.append(...KINDS.map(([kind, icon, name, fields]) => h("button", { "data-testid": `send-${kind}`,
    onclick: async () => {
    close();
    const given = await fields();
    if (given) act("send", { kind, fields: given });
  } }, h("i", {}, icon), name)),
  h("button", { "data-testid": "scan", onclick: () => { close(); scan(); } }, h("i", {}, "扫"), "扫一扫"));
}
