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

  // Asked twice: the second tap returns the money, and the right to read goes with it.
  document.querySelectorAll(".st-me__return").forEach((button) => button.addEventListener("click", async () => {
    if (!button.dataset.sure) {
      button.dataset.sure = "1";
      button.textContent = "确定退款";
      return;
    }
    button.disabled = true;
    const answer = await post("/me/return", { order_no: button.dataset.order });
    told.textContent = answer.ok ? "退款已提交，钱按原路退回，退到之后就不能再读了" : answer.body.error;
    if (answer.ok) button.parentElement.remove();
    else button.disabled = false;
  }));

  const personal = document.getElementById("personal");
  if (personal) personal.addEventListener("change", async () => {
    const answer = await post("/me/personalisation", { on: personal.checked });
    if (!answer.ok) personal.checked = !personal.checked;
    told.textContent = answer.ok ? (personal.checked ? "以后按你的兴趣挑" : "不再按你的兴趣挑，也不再记") : answer.body.error;
  });
})();
