// The control API, as the page uses it.
import { byId } from "./dom.js";

export async function ask(path, body, method) {
  const options = body === undefined ? { method: method || "GET" }
    : { method: method || "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`/_control/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `HTTP ${response.status}`);
  return answer;
}

export function tell(words, bad = false) {
  const status = byId("status");
  status.textContent = words;
  status.classList.toggle("bad", bad);
}

export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    tell(error.message, true);
    return null;
  }
}

export const phone = { openid: localStorage.getItem("openid") || "", person: null, waiting: 0, name: "公众号" };

export async function act(name, body = {}) {
  const openid = phone.openid;
  phone.waiting += 1;
  document.dispatchEvent(new Event("waiting"));
  const answer = await attempt(() => ask(`followers/${openid}/${name}`, body));
  phone.waiting -= 1;
  document.dispatchEvent(new Event("waiting"));
  return answer;
}
