// A part of a page that is brought anew by itself keeps what a person has opened or closed in it.

// Each of its folds with a name that is the same after it was brought anew.
function folds(part) {
  const seen = new Map();
  return [...part.querySelectorAll("details")].map((fold) => {
    const place = fold.closest("[data-fold]")?.dataset.fold ?? "";
    const summary = fold.querySelector(":scope > summary");
    const name = `${place} ${summary?.textContent.trim()}`;
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    return { name: `${name} ${number}`, fold, summary };
  });
}

export function startFolds() {
  let kept = null;
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const part = detail.target;
    if (!detail.shouldSwap || !part.classList.contains("live")) return;
    const before = folds(part);
    kept = {
      id: part.id,
      isOpen: new Map(before.map(({ name, fold }) => [name, fold.open])),
      focused: before.find(({ summary }) => summary === document.activeElement)?.name,
    };
  });
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (kept === null || target.id !== kept.id) return;
    for (const { name, fold, summary } of folds(target)) {
      fold.open = kept.isOpen.get(name) ?? fold.open;
      if (name === kept.focused) summary.focus({ preventScroll: true });
    }
    kept = null;
  });
}
