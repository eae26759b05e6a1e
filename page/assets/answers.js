// What can be done with an answer: look at a quote without leaving, copy it, say what it is worth.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const said = (name) => byId("said").dataset[name];

  // -- a quote seen beside its mark, where there is a pointer to hover with

  function showQuote(mark) {
    const box = byId("hover");
    box.querySelector(".hover-title").textContent = mark.dataset.title;
    box.querySelector(".hover-quote").textContent = mark.dataset.quote;
    box.hidden = false;
    const at = mark.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - box.offsetWidth - 12);
    const above = at.top - box.offsetHeight - 8;
    box.style.left = `${Math.max(12, left)}px`;
    box.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  }

  function onPoint(event) {
    if (event.pointerType && event.pointerType !== "mouse") return;
    const mark = event.target.closest?.("a.cite[data-quote]");
    if (mark) showQuote(mark);
    else if (byId("hover")) byId("hover").hidden = true;
  }

  // -- copying

  function textOf(answer) {
    const parts = [answer.querySelector(".answer-text").innerText.trim()];
    answer.querySelectorAll(".source").forEach((source) => parts.push(source.innerText.trim()));
    return parts.join("\n");
  }

  async function copy(text) {
    if (navigator.clipboard && isSecureContext) {
      await navigator.clipboard.writeText(text);
      return;
    }
    // Over plain HTTP there is no clipboard but this one.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  async function onCopy(button) {
    await copy(textOf(button.closest(".answer")));
    const before = button.textContent;
    button.textContent = said("copied");
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  // -- thumbs

  async function send(answer, helpful, form) {
    const body = new FormData(form);
    body.set("answer", answer.dataset.answer);
    body.set("helpful", helpful);
    const note = answer.querySelector(".thumb-note");
    try {
      const response = await fetch(form.action, { method: "POST", body });
      const shown = document.createElement("template");
      shown.innerHTML = await response.text();
      note.textContent = shown.content.textContent.trim();
    } catch {
      note.textContent = said("offline");
    }
  }

  function onThumb(button) {
    const answer = button.closest(".answer");
    const form = answer.querySelector("form.why");
    const helpful = button.dataset.thumb === "up";
    answer.querySelectorAll("[data-thumb]").forEach((one) => {
      one.setAttribute("aria-pressed", String(one === button));
    });
    form.hidden = helpful;
    if (!helpful) form.querySelector("input").focus({ preventScroll: true });
    send(answer, helpful, form);
  }

  function onClick(event) {
    const button = event.target.closest("[data-copy], [data-thumb]");
    if (!button) return;
    if (button.matches("[data-copy]")) onCopy(button);
    else onThumb(button);
  }

  function onSubmit(event) {
    if (!event.target.matches("form.why")) return;
    event.preventDefault();
    send(event.target.closest(".answer"), false, event.target);
    event.target.hidden = true;
  }

  document.addEventListener("pointerover", onPoint);
  document.addEventListener("focusin", onPoint);
  document.addEventListener("scroll", () => { if (byId("hover")) byId("hover").hidden = true; }, true);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
})();
