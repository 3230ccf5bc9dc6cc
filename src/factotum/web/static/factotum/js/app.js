// Starts what a page needs. Everything works without it, except the chat beside the page.
import { startCards } from "./cards.js";
import { startChat } from "./chat.js";
import { startFolds } from "./folds.js";
import { startForms } from "./forms.js";
import { toast } from "./toast.js";

function keepZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const cookie = `factotum_zone=${encodeURIComponent(zone || "UTC")}`;
  if (!document.cookie.includes(cookie)) {
    document.cookie = `${cookie};path=/;max-age=31536000;samesite=lax`;
  }
}

function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.me[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.me[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

keepZone();
startMenus();
startForms();
startFolds();
startCards();
startChat();
document.body.addEventListener("htmx:sendError", () =>
  toast("Factotum does not answer. Check your connection, then try again."),
);
