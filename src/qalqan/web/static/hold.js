// Shows a picture in the clear only while the key r or its button is held; a second button shows it for five seconds.
"use strict";
(() => {
  const SHOWN_FOR = 5000;
  const BEAT = 3000;
  let looks = []; // what is shown, or asked for, right now
  let pulse = 0;
  let timer = 0;
  let pressed = false; // a click that follows a press is no click of its own

  const send = (address, csrf) =>
    fetch(address, { method: "POST", body: new URLSearchParams({ csrf }), keepalive: true, redirect: "error" });

  const note = (text) => {
    let box = document.querySelector(".hold-note");
    if (!box) {
      box = document.createElement("div");
      box.className = "note hold-note";
      box.setAttribute("role", "status");
      document.body.append(box);
      box.addEventListener("click", () => { box.hidden = true; });
    }
    box.hidden = !text;
    box.textContent = text || "";
  };

  const told = (said) => {
    if (said.stop) hide();
    if (said.stop || said.pause) note(said.stop || said.pause);
  };

  // Fetched and decoded before it takes the blurred one's place: nothing flickers, nothing comes after the release.
  const place = async (look, addresses) => {
    const images = [...look.figure.querySelectorAll(".frame img")];
    await Promise.all(images.map(async (image) => {
      const address = addresses[new URL(image.src).pathname];
      if (!address) return;
      const clear = new Image();
      clear.src = address;
      clear.alt = look.form.dataset.clear;
      await clear.decode();
      if (look.over) return;
      look.pairs.push([image, clear]);
      image.replaceWith(clear);
    }));
    if (!look.over) look.figure.classList.add("is-clear", "is-held");
  };

  const ask = async (look) => {
    const answer = await fetch(look.form.action, {
      method: "POST", body: new URLSearchParams(new FormData(look.form)),
      headers: { accept: "application/json" }, signal: look.stop.signal, redirect: "error",
    });
    if (!(answer.headers.get("content-type") || "").includes("json")) throw new Error(`answered ${answer.status}`);
    const said = await answer.json();
    told(said);
    if (said.frames && !look.over) await place(look, said.frames);
  };

  const show = (forms) => {
    hide();
    looks = forms.map((form) => ({ form, figure: form.closest(".shot"), pairs: [], over: false, stop: new AbortController() }));
    for (const look of looks) ask(look).catch(() => { if (!look.over) hide(); });
    const csrf = forms[0]?.elements.csrf.value;
    if (csrf) pulse = setInterval(() => send("/media/beat", csrf).then((answer) => answer.json()).then(told).catch(hide), BEAT);
  };

  const hide = () => {
    if (!looks.length) return;
    const csrf = looks[0].form.elements.csrf.value;
    for (const look of looks) {
      look.over = true;
      look.stop.abort();
      for (const [blurred, clear] of look.pairs) {
        clear.replaceWith(blurred); // at once: a new address would leave the clear one there until it is loaded
        clear.removeAttribute("src");
      }
      look.figure.classList.remove("is-clear", "is-held");
    }
    looks = [];
    clearInterval(pulse);
    clearTimeout(timer);
    timer = 0;
    send("/media/hidden", csrf).then((answer) => answer.json()).then(told).catch(() => {});
  };

  const forSeconds = (form) => {
    show([form]);
    timer = setTimeout(hide, SHOWN_FOR);
  };

  const forms = (root) => [...root.querySelectorAll("form[data-reveal]")];

  // The picture that has the focus; else the first one of the row that is walked to; else the page's first.
  // With `all`, both sides of a match, or all of its row.
  const chosen = (all) => {
    const figure = document.activeElement?.closest(".shot");
    const first = forms(figure || document.querySelector("[data-row].is-here") || document)[0];
    if (!all || !first) return first ? [first] : [];
    return forms(first.closest(".sides") || first.closest("[data-row]") || first.closest(".shot"));
  };

  const busy = (target) => target.closest?.("input, select, textarea, dialog[open]") || target.isContentEditable;
  const holdButton = (target) => target.closest?.("[data-hold]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    const button = holdButton(event.target);
    const onButton = button && (event.key === " " || event.key === "Enter");
    if (!onButton && (event.key.toLowerCase() !== "r" || document.documentElement.dataset.keys === "off")) return;
    event.preventDefault();
    if (event.repeat) return;
    const found = onButton ? [button.form] : chosen(event.shiftKey);
    if (found.length) show(found);
  });

  document.addEventListener("keyup", (event) => {
    if (!["r", " ", "enter", "shift"].includes(event.key.toLowerCase())) return;
    if (holdButton(event.target) && event.key === " ") event.preventDefault(); // no click follows
    if (!timer || event.key.toLowerCase() === "r") hide();
  });

  document.addEventListener("pointerdown", (event) => {
    const button = holdButton(event.target);
    if (!button || event.button !== 0) return;
    pressed = true;
    button.setPointerCapture?.(event.pointerId);
    show([button.form]);
  });

  document.addEventListener("pointerup", () => { if (pressed) hide(); });
  document.addEventListener("pointercancel", hide);
  // A long press on a touch screen asks for a menu: it is a hold here. Anywhere else a menu ends it.
  document.addEventListener("contextmenu", (event) => {
    if (pressed && holdButton(event.target)) event.preventDefault();
    else hide();
  });
  window.addEventListener("blur", hide);
  window.addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", () => { if (document.hidden) hide(); });
  document.addEventListener("htmx:beforeSwap", hide);

  // A screen reader or a switch clicks without a press: it cannot hold, so it gets five seconds.
  document.addEventListener("click", (event) => {
    const timed = event.target.closest?.("[data-timed]");
    const button = timed || holdButton(event.target);
    if (!button) return;
    event.preventDefault();
    const held = pressed && !timed;
    pressed = false;
    if (!held) forSeconds(button.form);
  });
})();
