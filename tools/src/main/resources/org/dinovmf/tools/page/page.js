"use strict";
// A button sorts the cards of its list by one of their numbers, falling, and again rising.
for (const bar of document.querySelectorAll("[data-sorts]")) {
  const list = document.getElementById(bar.dataset.sorts);
  const buttons = [...bar.querySelectorAll("button")];
  const value = (card, key) => card.dataset[key] === "" ? -Infinity : Number(card.dataset[key]);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const isAgain = button.getAttribute("aria-pressed") === "true";
      const isRising = isAgain && button.dataset.order !== "rising";
      const sign = isRising ? 1 : -1;
      const key = button.dataset.key;
      const cards = [...list.children].sort((a, b) => {
        const x = value(a, key), y = value(b, key);
        return x === y ? 0 : x < y ? -sign : sign;
      });
      list.append(...cards);
      for (const other of buttons) {
        other.setAttribute("aria-pressed", String(other === button));
        other.dataset.order = "";
      }
      button.dataset.order = isRising ? "rising" : "falling";
    });
  }
}
