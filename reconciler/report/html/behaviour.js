"use strict";
(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  root.classList.add("scripted");

  // Colours: as the system has them, light, dark. Where nothing may be kept, the choice lasts as long as the page.
  const themes = ["", "light", "dark"];
  const names = { "": "as the system has them", light: "light", dark: "dark" };
  const kept = () => { try { return localStorage.getItem("reconciler-theme") || ""; } catch { return ""; } };
  const paint = (theme) => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    const label = "Colours: " + names[theme];
    find("theme").setAttribute("aria-label", label);
    find("theme").title = label;
  };
  paint(themes.includes(kept()) ? kept() : "");
  find("theme").addEventListener("click", () => {
    const theme = themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length];
    try { localStorage.setItem("reconciler-theme", theme); } catch { /* nothing can be kept here */ }
    paint(theme);
  });
  find("print").addEventListener("click", () => window.print());
  for (const box of document.querySelectorAll(".latest")) box.scrollLeft = box.scrollWidth;

  const cards = [...document.querySelectorAll(".card, .entry")];
  if (!cards.length) return;
  const groups = [...document.querySelectorAll(".group")];
  const search = find("search");
  const choices = [...document.querySelectorAll("[data-filter]")];
  const figures = [...document.querySelectorAll(".figure")];
  const number = new Intl.NumberFormat("en");
  const most = 500; // more are not opened at once
  let texts = null;

  // On a page of very many cards each holds its inside in a noscript element, which a browser keeps as mere text
  // until the card is opened. The text is this page's own HTML, escaped where it was made.
  const build = (card) => {
    const held = card.querySelector("noscript");
    if (!held) return;
    const box = document.createElement("template");
    box.innerHTML = held.textContent;
    held.replaceWith(box.content);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.classList.contains("card")) build(event.target);
  }, true);

  const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'" };
  const plain = (card) => {
    if (!card.querySelector("noscript")) return card.textContent;
    return card.textContent.replace(/<[^>]*>/g, " ").replace(/&(amp|lt|gt|#34|#39);/g, (one) => entities[one]);
  };
  const textOf = (index) => {
    texts = texts || cards.map((card) => plain(card).toLowerCase().replace(/\s+/g, " "));
    return texts[index];
  };

  const wanted = () => ({
    words: search.value.toLowerCase().split(/\s+/).filter(Boolean),
    tallies: new Set(figures.filter((one) => one.ariaPressed === "true").map((one) => one.dataset.tally)),
    chosen: choices.filter((one) => one.value).map((one) => [one.dataset.filter, one.value]),
  });

  const fits = (card, index, want) =>
    (!want.tallies.size || want.tallies.has(card.dataset.tally)) &&
    want.chosen.every(([name, value]) => card.dataset[name].split(" ").includes(value)) &&
    want.words.every((word) => textOf(index).includes(word));

  const edges = (group, shown) => {
    for (const card of group.querySelectorAll(".first, .last")) card.classList.remove("first", "last");
    if (!shown.length) return;
    shown[0].classList.add("first");
    shown[shown.length - 1].classList.add("last");
  };

  const filter = () => {
    const want = wanted();
    const filtered = want.words.length || want.tallies.size || want.chosen.length;
    const shown = new Map(groups.map((group) => [group, []]));
    cards.forEach((card, index) => {
      const fit = fits(card, index, want);
      if (card.hidden === fit) card.hidden = !fit;
      if (fit) shown.get(card.parentElement).push(card);
    });
    let count = 0;
    for (const [group, some] of shown) {
      group.hidden = !some.length;
      edges(group, some);
      count += some.length;
    }
    find("shown").textContent = filtered
      ? `${number.format(count)} of ${number.format(cards.length)} shown` : `${number.format(cards.length)} shown`;
    find("clear").hidden = !filtered;
    find("nothing").hidden = count > 0;
  };

  let waiting = 0;
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); };
  const clear = () => {
    search.value = "";
    for (const one of choices) one.value = "";
    for (const one of figures) one.ariaPressed = "false";
    filter();
  };
  search.addEventListener("input", soon);
  for (const one of choices) one.addEventListener("change", filter);
  for (const one of figures) one.addEventListener("click", () => {
    one.ariaPressed = one.ariaPressed === "true" ? "false" : "true";
    filter();
  });
  find("clear").addEventListener("click", () => { clear(); search.focus(); });
  find("clear-too").addEventListener("click", () => { clear(); search.focus(); });

  const unfold = find("unfold"); // a table has nothing to open
  unfold?.addEventListener("click", () => {
    const open = unfold.ariaExpanded !== "true";
    unfold.ariaExpanded = String(open);
    unfold.textContent = open ? "Close all" : "Open all";
    let left = open ? most : Infinity;
    for (const card of cards) {
      if (card.hidden || left-- <= 0) continue;
      if (open) build(card);
      card.open = open;
    }
  });

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      if (search.value) { search.value = ""; filter(); } else search.blur();
    }
  });

  const arrive = () => {
    const card = find(decodeURIComponent(location.hash.slice(1)));
    if (!card || !card.classList.contains("card")) return;
    if (card.hidden) clear();
    build(card);
    card.open = true;
    card.scrollIntoView({ block: "center" });
  };
  window.addEventListener("hashchange", arrive);
  if (location.hash) arrive();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = cards.filter((card) => !card.hidden && card.open === false).slice(0, most);
    for (const card of opened) {
      build(card);
      card.open = true;
    }
  });
  window.addEventListener("afterprint", () => { for (const card of opened) card.open = false; });
})();
