// Small comforts; every page works without them.
(() => {
  "use strict";
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  each("[data-counter]", (area) => {
    const target = document.getElementById(area.dataset.counter);
    const tell = () => { target.textContent = Array.from(area.value).length.toLocaleString("vi-VN"); };
    area.addEventListener("input", tell);
    tell();
  });

  // A second click sends nothing; the hidden key makes even two sends one.
  each("form[data-once]", (form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  }));
  window.addEventListener("pageshow", () => each("form[data-once]", (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // Typing keeps the session alive; ten minutes before it is over, idle or by the day's end, its sheet is warned.
  each("form[data-idle-minutes]", (form) => {
    const minute = 60 * 1000;
    const place = document.getElementById("session-warning");
    const end = Date.now() + form.dataset.secondsLeft * 1000;
    let touched = Date.now();
    let asked = touched;
    let shown = "";
    const warn = (which) => {
      if (which === shown) { return; }
      shown = which;
      place.replaceChildren(...(which ? [document.getElementById(which).content.cloneNode(true)] : []));
    };
    const look = () => {
      const over = Math.min(end, touched + form.dataset.idleMinutes * minute);
      const soon = end < touched + form.dataset.idleMinutes * minute ? "session-ends" : "session-idle";
      warn(Date.now() >= over ? "session-over" : Date.now() > over - 10 * minute ? soon : "");
    };
    const alive = async () => {
      asked = Date.now();
      const body = new URLSearchParams({ form_token: form.elements.form_token.value });
      try {
        const answer = await fetch("/alive", { method: "POST", body, redirect: "manual" });
        if (answer.status === 204) { touched = asked; }
        if (answer.type === "opaqueredirect" || answer.status === 403) { touched = -Infinity; } // signed out, or another
      } catch {
        return; // no line: the next key tries again
      }
      look();
    };
    form.addEventListener("input", () => { if (Date.now() - asked > (shown ? 0.1 : 5) * minute) { alive(); } });
    setInterval(look, minute);
  });

  each("[data-print]", (button) => button.addEventListener("click", () => window.print()));
  each("[data-focus]", (notice) => notice.focus());
})();
