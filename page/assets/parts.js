// Fetches parts of the page as HTML, which the server has escaped:
//   a[data-part], form[data-part]   into the place it names
//   [data-load]                     into itself, once it is in the page
//   [data-again]                    and again whenever its tab is opened
//   [data-poll]                     in its own stead, again and again until it no longer asks
//   form[data-empties]              empties another form once it was sent
//   [data-refresh]                  makes other places load again
// and adds and removes rows of a form.
(() => {
  "use strict";

  const HEADERS = { "x-part": "1" };
  const turns = new WeakMap();

  async function fetched(address, options = {}) {
    const response = await fetch(address, { ...options, headers: HEADERS });
    return response.text();
  }

  async function fill(place, address, options) {
    const turn = (turns.get(place) || 0) + 1;
    turns.set(place, turn);
    const form = place.contains(document.activeElement) && document.activeElement.closest("form");
    place.setAttribute("aria-busy", "true");
    // What is about to be replaced takes no more input: it would be lost.
    place.inert = true;
    let content = null;
    try {
      content = await fetched(address, options);
    } catch {
      const lost = document.createElement("p");
      lost.className = "notice notice--warn";
      lost.textContent = document.getElementById("said").dataset.offline;
      place.replaceChildren(lost);
    }
    // Only what was asked for last is shown.
    if (turns.get(place) !== turn) return;
    place.removeAttribute("aria-busy");
    place.inert = false;
    if (content === null) return;
    place.innerHTML = content;
    begin(place);
    const again = form && `form[action="${CSS.escape(form.getAttribute("action"))}"] [type=submit]`;
    const next = place.querySelector("[aria-invalid=true]") || (again && place.querySelector(again));
    if (next) next.focus();
  }

  function onLink(event) {
    const link = event.target.closest("a[data-part]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const place = document.querySelector(link.dataset.part);
    point(place, link);
    fill(place, link.href).then(() => bringIntoView(place));
  }

  // Of the links that lead to a place, the one is marked whose content stands there.
  function point(place, link) {
    document.querySelectorAll(".pick[data-part]").forEach((pick) => {
      if (document.querySelector(pick.dataset.part) !== place) return;
      pick.classList.toggle("current", pick === link);
      if (pick === link) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
    });
  }

  function bringIntoView(place) {
    const top = place.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight * 0.8) place.scrollIntoView({ block: "start" });
  }

  function onForm(event) {
    const form = event.target.closest("form[data-part]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    const address = button?.formAction && button.hasAttribute("formaction") ? button.formAction : form.action;
    const data = new FormData(form, button);
    const place = document.querySelector(form.dataset.part);
    if (!place.contains(form)) point(place, null);
    if (button) button.disabled = true;
    let sent;
    if (form.method === "get") sent = fill(place, `${address}?${new URLSearchParams(data)}`);
    else sent = fill(place, address, { method: "POST", body: data });
    sent.finally(() => {
      if (button) button.disabled = false;
      if (form.dataset.empties) document.querySelector(form.dataset.empties)?.reset();
    });
  }

  // -- rows of a form

  function onRow(event) {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    const clear = event.target.closest("[data-clear]");
    if (clear) document.querySelector(clear.dataset.clear).replaceChildren();
    if (add) {
      const rows = add.closest("[data-rows]");
      const last = [...rows.querySelectorAll(".row")].pop();
      const row = last.cloneNode(true);
      const field = row.querySelector("input, select");
      if (field.matches("input")) field.value = "";
      last.after(row);
      number(rows);
      field.focus();
    }
    if (remove) {
      const rows = remove.closest("[data-rows]");
      if (rows.querySelectorAll(".row").length > 1) remove.closest(".row").remove();
      number(rows);
    }
  }

  function number(rows) {
    rows.querySelectorAll(".row").forEach((row, at) => {
      const field = row.querySelector("input, select");
      const name = field.getAttribute("aria-label").replace(/\d+$/, "");
      field.setAttribute("aria-label", `${name}${at + 1}`);
    });
  }

  // -- what loads by itself

  function begin(root) {
    root.querySelectorAll("[data-load]").forEach(load);
    root.querySelectorAll("[data-poll]").forEach(poll);
    root.querySelectorAll("[data-refresh]").forEach((asking) => {
      if (asking.dataset.begun) return;
      asking.dataset.begun = "yes";
      document.querySelectorAll(asking.dataset.refresh).forEach((place) => {
        fill(place, place.dataset.load);
      });
    });
  }

  function load(place) {
    if (place.dataset.begun) return;
    place.dataset.begun = "yes";
    fill(place, place.dataset.load);
  }

  // What stands in a tab may have changed while another one was looked at.
  function onTab(event) {
    if (!event.target.closest("#tabs .tab-wrapper button")) return;
    setTimeout(() => document.querySelectorAll("[data-again]").forEach((place) => {
      if (place.offsetParent && place.dataset.begun) fill(place, place.dataset.load);
    }));
  }

  function poll(asking) {
    if (asking.dataset.begun) return;
    asking.dataset.begun = "yes";
    setTimeout(() => {
      const place = asking.parentElement;
      if (place && asking.isConnected) fill(place, asking.dataset.poll);
    }, Number(asking.dataset.every));
  }

  document.addEventListener("click", onLink);
  document.addEventListener("click", onRow);
  document.addEventListener("click", onTab);
  document.addEventListener("submit", onForm);
  new MutationObserver(() => begin(document)).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });
})();
