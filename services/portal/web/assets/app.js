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

  // Typing keeps the session alive; an idle sheet is warned ten minutes before its session is over (60 idle minutes).
  each("form[data-alive]", (form) => {
    const minute = 60 * 1000;
    const warning = document.querySelector("[data-session-warning]");
    let told = Date.now();
    form.addEventListener("input", () => {
      if (Date.now() - told < 5 * minute) { return; }
      told = Date.now();
      const body = new URLSearchParams({ form_token: form.elements.form_token.value });
      fetch("/alive", { method: "POST", body }).then((answer) => { warning.hidden = answer.status === 204; });
    });
    setInterval(() => { if (Date.now() - told > 50 * minute) { warning.hidden = false; } }, minute);
  });

  each("[data-print]", (button) => button.addEventListener("click", () => window.print()));
  each("[data-focus]", (notice) => notice.focus());
})();
