// The keyboard: j and k walk a list, Enter opens, / searches, ? lists the keys. What r does stands in hold.js.
// Whoever has switched single letters off (data-keys on the page) keeps Enter; the list opens by its button.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const here = () => document.querySelector("[data-row].is-here");

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    here()?.classList.remove("is-here");
    next.classList.add("is-here");
    next.querySelector("a[href]")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const open = () => (here()?.querySelector("a.row-title") || here()?.querySelector("a[href]"))?.click();

  const search = () => {
    const field = document.querySelector("[data-search]");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  };

  const help = () => document.getElementById("keys")?.showModal();

  const busy = (target) => target.closest("input, select, textarea, dialog[open]") || target.isContentEditable;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (event.key.length === 1 && document.documentElement.dataset.keys === "off") return;
    const deeds = { j: () => step(1), k: () => step(-1), Enter: open, "/": search, "?": help };
    const deed = deeds[event.key];
    if (deed && deed() !== false) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-help]")) help();
  });
})();
