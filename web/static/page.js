// What every page of ours needs: sending a form with the page's token, and waiting.
window.shutong = (() => {
  // WeChat's sign-in wants this fragment, and browsers carry it along through the redirects that follow.
  // `guest=1` stopped a sign-in that did not work from being tried again: nobody should share it.
  const query = location.search.replace(/[?&]guest=1$/, "");
  if (location.hash === "#wechat_redirect" || query !== location.search) {
    history.replaceState(history.state, "", location.pathname + query);
  }

  const token = document.querySelector('meta[name="csrf-token"]');
  const OFFLINE = "网络不通，检查一下网络再试";

  // Resolves to {ok, status, body}; body.error is a sentence for the reader whenever ok is false.
  async function send(method, path, values, keepalive) {
    const headers = { "X-CSRFToken": token ? token.content : "" };
    if (values !== undefined) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(path, {
        method, headers, keepalive: Boolean(keepalive), credentials: "same-origin", cache: "no-store",
        body: values === undefined ? undefined : JSON.stringify(values),
      });
      const body = await answer.json().catch(() => ({ error: "书童出了点小差错，请过一会儿再试" }));
      return { ok: answer.ok, status: answer.status, body };
    } catch {
      return { ok: false, status: 0, body: { error: OFFLINE } };
    }
  }

  const kept = {
    read(name) { try { return JSON.parse(localStorage.getItem(`shutong.${name}`)); } catch { return null; } },
    write(name, value) { try { localStorage.setItem(`shutong.${name}`, JSON.stringify(value)); } catch { /* full, or not allowed */ } },
    drop(name) { try { localStorage.removeItem(`shutong.${name}`); } catch { /* not allowed */ } },
  };

  return {
    post: (path, values, keepalive) => send("POST", path, values, keepalive),
    get: (path) => send("GET", path),
    pause: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
    kept,
  };
})();
