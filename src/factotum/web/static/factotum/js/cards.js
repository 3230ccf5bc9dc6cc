// Links to records open their card in a dialog, in place; a modified click keeps its usual meaning.
export function startCards() {
  const dialog = document.getElementById("card");
  if (!dialog) return;
  const trail = [];

  async function open(url) {
    await htmx.ajax("GET", url, { target: dialog, swap: "innerHTML" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-card]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const inside = dialog.contains(link);
    if (inside) trail.push(dialog.querySelector("[data-address]")?.dataset.address);
    else trail.length = 0;
    open(link.getAttribute("href"));
  });

  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) dialog.close();
    if (event.target.closest("[data-back]")) {
      event.preventDefault();
      open(trail.pop());
    }
  });
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    trail.length = 0;
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const swapped = event.target;
    if (!dialog.contains(swapped) || !dialog.firstElementChild) return;
    if (!dialog.open) dialog.showModal();
    for (const back of dialog.querySelectorAll("[data-back]")) back.hidden = trail.length === 0;
    dialog.setAttribute("aria-label", dialog.querySelector("h1, h2")?.textContent.trim() || "Card");
    focusWhatMatters(swapped, swapped === dialog || swapped.matches("[data-fragment]"));
  });

  if (dialog.dataset.open) {
    open(dialog.dataset.open);
    const here = new URL(location.href);
    for (const name of ["card", "edit"]) here.searchParams.delete(name);
    history.replaceState(null, "", here);
  }
}

// A fault first; a new card by its name; a part of a card only where the focus would else be lost.
function focusWhatMatters(swapped, isCard) {
  const fault = swapped.querySelector("[aria-invalid=true]");
  const wanted = fault || (isCard ? swapped.querySelector("[data-focus], h1, h2") : null);
  if (wanted) {
    if (!wanted.matches("input, select, textarea, button, a")) wanted.tabIndex = -1;
    wanted.focus();
  } else if (document.activeElement === document.body || document.activeElement?.matches("dialog")) {
    swapped.querySelector("button, a, input")?.focus();
  }
}
