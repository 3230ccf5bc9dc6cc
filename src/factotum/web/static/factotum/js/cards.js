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
    const { target } = event.detail;
    if (!dialog.contains(target) && !dialog.contains(event.target) && target !== dialog) return;
    if (!dialog.firstElementChild) return;
    if (!dialog.open) dialog.showModal();
    for (const back of dialog.querySelectorAll("[data-back]")) back.hidden = trail.length === 0;
    dialog.setAttribute("aria-label", dialog.querySelector("h1, h2")?.textContent.trim() || "Card");
    const first = dialog.querySelector("[aria-invalid=true], [data-focus], h1, h2");
    if (first) {
      if (!first.matches("input, select, textarea, button, a")) first.tabIndex = -1;
      first.focus();
    }
  });

  if (dialog.dataset.open) {
    open(dialog.dataset.open);
    const here = new URL(location.href);
    for (const name of ["card", "edit"]) here.searchParams.delete(name);
    history.replaceState(null, "", here);
  }
}
