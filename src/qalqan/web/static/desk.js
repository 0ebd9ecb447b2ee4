// The desk by keyboard. 1 to 5 choose a finding, j and k walk a case's members, arrows move two videos in step, p leafs;
// every other key presses what bears it as `data-key`. Nothing here is needed to work without a script.
"use strict";
(() => {
  const REFRESH = 30_000;
  const LEAF = 800; // slow enough that nothing flashes
  const one = (selector, place = document) => place.querySelector(selector);
  const all = (selector, place = document) => [...place.querySelectorAll(selector)];

  // Fields in which letters are text. A chosen radio button or box is none of them.
  const typing = (target) =>
    target.isContentEditable || target.closest("textarea, select, dialog[open]") ||
    target.closest("input:not([type=radio]):not([type=checkbox])");

  // Members of a case

  const member = (by) => {
    if (!one(".member-walk a[rel]")) return false;
    one(`.member-walk a[rel=${by > 0 ? "next" : "prev"}]`)?.click();
    return true;
  };

  // The form of a decision

  const form = () => one("form[data-decide]");

  const suit = () => {
    if (!form()) return;
    const chosen = one("input[name=outcome]:checked", form())?.value;
    for (const part of all("[data-when]", form())) part.hidden = part.dataset.when !== chosen;
    const category = one("select[name=category]", form());
    const fitting = new Set((category.selectedOptions[0]?.dataset.grounds || "").split(" "));
    for (const option of all("select[name=ground] option[value]", form())) {
      option.hidden = Boolean(option.value) && !fitting.has(option.value) && !option.selected;
    }
    for (const group of all("select[name=ground] optgroup", form())) {
      group.hidden = all("option", group).every((option) => option.hidden);
    }
  };

  const choose = (number) => {
    const radio = form() && one(`input[data-outcome="${number}"]`, form());
    if (!radio) return false;
    radio.checked = true;
    radio.focus();
    suit();
    radio.scrollIntoView({ block: "nearest" });
    return true;
  };

  // Two videos in step

  const still = (place, to) => {
    const strips = all(".strip, .frames", place).map((strip) => all(".frame", strip));
    const size = Math.min(...strips.map((frames) => frames.length));
    const at = Math.max(0, Math.min(size - 1, to));
    place.dataset.at = at;
    for (const frames of strips) frames.forEach((frame, i) => frame.classList.toggle("is-step", i === at));
    const said = one("output", place);
    said.textContent = said.dataset.said.replace("{n}", at + 1).replace("{size}", size);
  };

  // Leafing through is asked for, never begins by itself, and is not there for whoever wants stills only.
  let leafing = 0;

  const rest = () => {
    clearInterval(leafing);
    leafing = 0;
    for (const button of all("[data-play]")) button.setAttribute("aria-pressed", "false");
    for (const said of all("[data-instep] output")) said.setAttribute("aria-live", "polite");
  };

  const leaf = (button) => {
    const goes = button.getAttribute("aria-pressed") === "true";
    rest();
    if (goes) return;
    const place = button.closest("[data-instep]");
    const last = Math.min(...all(".strip, .frames", place).map((strip) => all(".frame", strip).length)) - 1;
    if (Number(place.dataset.at) >= last) still(place, 0);
    button.setAttribute("aria-pressed", "true");
    one("output", place).setAttribute("aria-live", "off");
    leafing = setInterval(() => {
      if (!place.isConnected) return rest();
      still(place, Number(place.dataset.at) + 1);
      return Number(place.dataset.at) >= last ? rest() : undefined;
    }, LEAF);
  };

  const step = (by) => {
    rest();
    const place = document.activeElement.closest?.("[data-instep]") || one("[data-instep]");
    if (!place) return false;
    still(place, Number(place.dataset.at || 0) + by);
    return true;
  };

  const begin = () => {
    suit();
    for (const place of all("[data-instep]")) {
      place.classList.add("is-moving");
      one(".instep-walk", place).hidden = false;
      still(place, Number(place.dataset.at || 0));
    }
  };

  // A key that something on the page bears.

  const press = (key) => {
    const bearer = one(`[data-key="${CSS.escape(key)}"]`);
    if (!bearer) return false;
    bearer.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form[data-decide]")) {
      event.preventDefault();
      event.target.closest("form").requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key.length === 1 && document.documentElement.dataset.keys === "off") return;
    const chosen = event.target.closest("input[type=radio]") !== null;
    const deeds = { j: () => member(1), k: () => member(-1) };
    if (!chosen) Object.assign(deeds, { ArrowLeft: () => step(-1), ArrowRight: () => step(1) });
    const deed = deeds[event.key] || (/^[1-5]$/.test(event.key) ? () => choose(event.key) : () => press(event.key));
    if (event.key.length > 1 && !deeds[event.key]) return;
    if (deed()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });

  document.addEventListener("change", (event) => {
    if (!event.target.closest("form[data-decide]")) return;
    const ground = event.target.closest("select[name=ground]");
    const place = ground?.selectedOptions[0]?.dataset.jurisdiction;
    if (place) one("select[name=jurisdiction]", form()).value = place;
    suit();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    const play = event.target.closest("[data-play]");
    if (play) leaf(play);
    if (!button) return;
    rest();
    const place = button.closest("[data-instep]");
    still(place, Number(place.dataset.at) + Number(button.dataset.step));
  });

  // A member that came in is where reading goes on.
  document.addEventListener("htmx:afterSettle", (event) => {
    begin();
    const title = document.getElementById("member-title");
    if (event.detail.elt?.id === "member" || event.target.id === "member") {
      title?.focus({ preventScroll: true });
      title?.scrollIntoView({ block: "nearest" });
    }
    const shown = title?.closest("#member")?.dataset.item;
    if (shown && form()) one("input[name=item]", form()).value = shown;
  });

  // The queue keeps itself fresh, but never under somebody's hands.
  setInterval(() => {
    const list = document.getElementById("results");
    if (!list?.hasAttribute("data-fresh") || document.hidden) return;
    if (list.contains(document.activeElement) || one("details[open], .is-here", list)) return;
    list.dispatchEvent(new Event("fresh"));
  }, REFRESH);

  // A form that was not in order begins at its first mistake.
  const alerted = one("form[data-decide] [role=alert]");
  const wrong = one("form[data-decide] [aria-invalid]");
  const first = wrong?.matches("fieldset") ? one("input", wrong) : wrong;

  begin();
  if (alerted) (first || document.getElementById("decide"))?.focus();
})();
