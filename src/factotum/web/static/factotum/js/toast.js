// A short word at the bottom of the page, read out by screen readers.
export function toast(text) {
  let box = document.querySelector(".toast");
  if (!box) {
    box = document.createElement("div");
    box.className = "toast";
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  box.textContent = text;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.remove(), 6000);
}
