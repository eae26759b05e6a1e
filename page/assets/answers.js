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

  const hideQuote = () => { if (byId("hover")) byId("hover").hidden = true; };

  function onPoint(event) {
    const mark = event.target.closest?.("a.cite[data-quote]");
    // A finger opens what it touches, and would leave the quote lying over the text.
    const finger = event.type === "pointerover" && event.pointerType !== "mouse";
    const wanted = event.type === "focusin" ? mark?.matches(":focus-visible") : mark;
    if (wanted && !finger) showQuote(mark);
    else hideQuote();
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
    if (!helpful) {
      form.querySelector("input").focus({ preventScroll: true });
      form.scrollIntoView({ block: "nearest" });
    }
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
  document.addEventListener("scroll", hideQuote, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideQuote(); });
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
})();
