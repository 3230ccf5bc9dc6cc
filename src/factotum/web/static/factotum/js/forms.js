// Small comforts of forms: the first fault gets the focus, copy buttons, file into text, date pickers,
// lists that can be filtered, and parts that show only where another field says so.
import { toast } from "./toast.js";

function focusFirstFault(root) {
  const faulty = root.querySelector("main [aria-invalid=true], [data-summary]");
  if (faulty) faulty.focus();
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = button.dataset.copyText ?? source.value ?? source.textContent.trim();
  await navigator.clipboard.writeText(text);
  toast("Copied.");
}

function takeFile(input) {
  const file = input.files[0];
  const target = document.getElementById(input.dataset.into);
  if (!file || !target || file.size > 2_000_000) return;
  file.text().then((text) => {
    target.value = text;
    input.value = "";
    toast(`${file.name} is in the box above.`);
  });
}

function takeDate(input) {
  const target = document.getElementById(input.dataset.into);
  if (target && input.value) target.value = input.value.replace("T", " ");
}

function filterOptions(input) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = document.getElementById(input.dataset.filter);
  for (const line of list.querySelectorAll("[data-words]")) {
    line.hidden = !words.every((word) => line.dataset.words.toLowerCase().includes(word));
  }
}

function showDependents(field) {
  for (const part of document.querySelectorAll(`[data-when="${field.name}"]`)) {
    part.hidden = !part.dataset.is.split(" ").includes(field.value);
  }
}

function colour(root) {
  for (const swatch of root.querySelectorAll("[data-colour]")) {
    swatch.style.backgroundColor = swatch.dataset.colour;
  }
}

// a second click while the first is on its way does nothing; leaving by the back button frees it again
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
}

export function startForms() {
  document.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (button) copy(button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-into]")) takeFile(event.target);
    if (event.target.matches("input[type=datetime-local][data-into]")) takeDate(event.target);
    if (event.target.matches("select[name]")) showDependents(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) filterOptions(event.target);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => colour(event.detail.elt));
  for (const field of document.querySelectorAll("select[name]")) showDependents(field);
  colour(document);
  focusFirstFault(document);
  document.querySelector("form[data-press]")?.requestSubmit(); // a one-time link's page
}
