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

  each("[data-print]", (button) => button.addEventListener("click", () => window.print()));
  each("[data-focus]", (notice) => notice.focus());
})();
