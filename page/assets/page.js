// Opens cited passages beside the page, keeps the newest exchange in view, reads new answers to
// screen readers and switches the shade. Everything it inserts was escaped by the server.
(() => {
  "use strict";

  const NARROW = "(max-width: 999px)";
  const SHADE = "zhanggui-shade";
  let opener = null;
  let latest = 0;
  let heard = { said: null, exchange: 0, text: "" };
  let brought = { what: null, at: -1000 };

  const byId = (id) => document.getElementById(id);
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function showMark(root, smooth) {
    const mark = root.querySelector("mark");
    if (mark) mark.scrollIntoView({ block: "center", behavior: smooth ? "smooth" : "auto" });
  }

  async function fetchPassage(link) {
    const address = new URL(link.href);
    address.searchParams.set("part", "1");
    const response = await fetch(address);
    return response.text();
  }

  async function openPassage(link) {
    const turn = ++latest;
    let content;
    try {
      content = await fetchPassage(link);
    } catch {
      content = "";
    }
    if (turn !== latest) return;
    opener = link;
    document.querySelectorAll(".opened").forEach((other) => other.classList.remove("opened"));
    link.classList.add("opened");
    byId("passage-body").innerHTML = content;
    if (!content) byId("passage-body").textContent = byId("said").dataset.offline;
    const title = byId("passage-body").querySelector(".article-title");
    const lead = byId("passage-title").dataset.lead;
    byId("passage-title").textContent = title ? `${lead}：《${title.textContent.trim()}》` : lead;
    byId("passage").hidden = false;
    document.body.classList.add("passage-open");
    byId("passage").focus({ preventScroll: true });
    showMark(byId("passage-body"), false);
    if (!matchMedia(NARROW).matches) link.scrollIntoView({ block: "nearest" });
  }

  function closePassage() {
    latest += 1;
    byId("passage").hidden = true;
    document.body.classList.remove("passage-open");
    document.querySelectorAll(".opened").forEach((other) => other.classList.remove("opened"));
    if (opener && opener.isConnected) opener.focus();
  }

  function onClick(event) {
    if (event.target.closest("#passage-close")) {
      closePassage();
      return;
    }
    const link = event.target.closest("a[data-passage]");
    // With a modifier key the link opens as a page of its own.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openPassage(link);
  }

  function onShade(event) {
    if (!event.target.closest("#shade")) return;
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem(SHADE, dark ? "dark" : "light");
  }

  function keepShade() {
    const wanted = localStorage.getItem(SHADE);
    if (wanted) document.body.classList.toggle("dark", wanted === "dark");
  }

  function onKey(event) {
    const panel = byId("passage");
    if (event.key === "Escape" && panel && !panel.hidden) closePassage();
  }

  function onTalk(talk) {
    const exchanges = talk.querySelectorAll(".exchange");
    const newest = exchanges[exchanges.length - 1];
    if (!newest) {
      if (!byId("passage").hidden) closePassage();
      return;
    }
    const said = newest.querySelector(".answer-text, .waiting");
    // Thumbs and copying change an answer too; they are no news.
    if (!said || said === heard.said || !newest.offsetParent) return;
    const text = said.innerText.trim();
    // An answer that comes by and by is gone on with: it is read on, and who scrolled stays.
    const goesOn = exchanges.length === heard.exchange && heard.text && text.startsWith(heard.text);
    const news = goesOn ? text.slice(heard.text.length).trim() : text;
    if (!goesOn) bring(said, newest);
    const badge = newest.querySelector(".badge");
    if (news) byId("announcement").textContent = `${badge ? badge.innerText : ""} ${news}`.trim();
    heard = { said, exchange: exchanges.length, text: said.matches(".waiting") ? "" : text };
  }

  // A question that fills the window would leave no room for its answer.
  function bring(said, newest) {
    const asked = newest.querySelector(".asked");
    const long = asked && asked.offsetHeight > innerHeight / 2;
    brought = { what: long ? said.closest(".answer, .waiting") : newest, at: performance.now() };
    scrollToBrought();
  }

  function scrollToBrought() {
    brought.what.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }

  // The box to type in lies over the end of the window: what is scrolled to stays clear of it,
  // also when what is offered to ask makes it taller just after an answer came.
  function clearOf(composer) {
    let before = 0;
    new ResizeObserver(() => {
      const height = composer.offsetHeight;
      document.documentElement.style.scrollPaddingBottom = `${height}px`;
      const justNow = performance.now() - brought.at < 1000;
      if (height > before && justNow && brought.what.isConnected) scrollToBrought();
      before = height;
    }).observe(composer);
    const leave = () => { brought.at = -1000; };
    ["wheel", "touchmove", "keydown"].forEach((name) => {
      document.addEventListener(name, leave, { passive: true });
    });
  }

  function watch() {
    const talk = byId("talk");
    if (!talk || !byId("passage") || !byId("composer")) return false;
    clearOf(byId("composer"));
    new MutationObserver(() => onTalk(talk)).observe(talk, { childList: true, subtree: true });
    return true;
  }

  function waitForPage() {
    if (watch()) {
      keepShade();
      return;
    }
    const waiting = new MutationObserver(() => {
      if (!watch()) return;
      waiting.disconnect();
      keepShade();
    });
    waiting.observe(document.body, { childList: true, subtree: true });
  }

  // Gradio tells of a lost connection in English, whatever the page speaks.
  function translateToasts() {
    const { offline, failed, trouble } = byId("said")?.dataset ?? {};
    if (!trouble) return;
    document.querySelectorAll(".toast-title, .toast-message-text").forEach((said) => {
      if (said.dataset.told) return;
      said.dataset.told = "yes";
      const lost = /connection/i.test(said.textContent);
      const text = said.matches(".toast-title") ? trouble : lost ? offline : failed;
      if (said.firstChild) said.firstChild.data = text;
    });
  }

  const tag = document.querySelector("meta[name=zg-language]");
  if (tag) document.documentElement.lang = tag.content;
  if (document.body.matches(".alone")) {
    document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
    showMark(document, false);
    return;
  }
  document.addEventListener("click", onClick);
  document.addEventListener("click", onShade);
  document.addEventListener("keydown", onKey);
  new MutationObserver(translateToasts).observe(document.body, { childList: true, subtree: true });
  waitForPage();
})();
