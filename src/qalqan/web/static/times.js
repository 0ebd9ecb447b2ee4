// Shows every <time> in the reader's own zone; the exact moment in UTC stays in its title.
"use strict";
(() => {
  // For English, day before month and 24 hours, as most of its readers here write them.
  const language = { en: "en-GB" }[document.documentElement.lang] || document.documentElement.lang;
  const near = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const show = (root) => {
    for (const one of root.querySelectorAll("time[datetime]")) {
      const moment = new Date(one.dateTime);
      if (!Number.isNaN(moment.getTime())) one.textContent = near.format(moment);
    }
  };
  show(document);
  document.addEventListener("htmx:afterSettle", () => show(document));
})();
