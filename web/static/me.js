// /me: forgetting an interest, and the switch of personalisation.
(() => {
  const { post } = window.shutong;
  const told = document.getElementById("me-told");

  document.querySelectorAll(".st-me__forget").forEach((button) => button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await post("/me/forget", { tag: button.dataset.tag });
    button.disabled = false;
    told.textContent = answer.ok ? `「${button.dataset.tag}」的事已经忘了` : answer.body.error;
    if (answer.ok) button.closest(".st-me__interest").remove();
  }));

  const personal = document.getElementById("personal");
  if (personal) personal.addEventListener("change", async () => {
    const answer = await post("/me/personalisation", { on: personal.checked });
    if (!answer.ok) personal.checked = !personal.checked;
    told.textContent = answer.ok ? (personal.checked ? "以后按你的兴趣挑" : "不再按你的兴趣挑，也不再记") : answer.body.error;
  });
})();
