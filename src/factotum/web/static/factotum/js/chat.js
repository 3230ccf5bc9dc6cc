// The chat beside the page: opened by its button, kept open from page to page.
const KEY = "factotum-chat";

export function startChat() {
  const panel = document.getElementById("chat");
  const button = document.querySelector("[data-chat-toggle]");
  if (button) button.hidden = !panel;
  scrollOnSwap();
  if (!panel || !button) return;

  function show(isOpen, focus = true) {
    panel.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) sessionStorage.removeItem(KEY);
    if (!isOpen) return;
    if (!sessionStorage.getItem(KEY)) sessionStorage.setItem(KEY, panel.dataset.src);
    if (!panel.firstElementChild) {
      panel.dataset.focus = focus ? "yes" : "";
      htmx.ajax("GET", sessionStorage.getItem(KEY), { target: panel, swap: "innerHTML" });
    }
  }

  button.addEventListener("click", () => {
    show(panel.hidden);
    if (panel.hidden) button.focus();
  });
  panel.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    panel.replaceChildren();
    show(false);
    button.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    show(false);
    button.focus();
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const room = panel.querySelector("[data-room]");
    if (room && !panel.hidden) sessionStorage.setItem(KEY, room.dataset.room);
  });
  const hasRoom = matchMedia("(min-width: 721px)").matches;
  if (hasRoom && sessionStorage.getItem(KEY)) show(true, false);
}

function scrollOnSwap() {
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const room = document.querySelector(".talk");
    if (!room) return;
    room.scrollTop = room.scrollHeight;
    const panel = room.closest("#chat");
    const calm = panel && panel.dataset.focus === "";
    if (panel) panel.dataset.focus = "yes";
    if (!calm && event.detail.elt.closest?.("#chat, .chat-page, [data-room]")) {
      document.querySelector(".answer [data-focus]")?.focus();
    }
  });
}
