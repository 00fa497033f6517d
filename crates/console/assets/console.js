// What a page does more when scripts run. Without them it has all of its content and forms.
"use strict";

// Only pages of this machine or over https can copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button || !navigator.clipboard) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.label ??= button.textContent;
  button.textContent = document.body.dataset.copied;
  setTimeout(() => { button.textContent = button.dataset.label; }, 1500);
});

// On a narrow screen the names of pages are in one line.
const current = document.querySelector("nav a[aria-current]");
const line = current?.closest("ul");
if (line && line.scrollWidth > line.clientWidth) {
  line.scrollLeft = current.offsetLeft - line.offsetLeft - (line.clientWidth - current.offsetWidth) / 2;
}

// What renews itself stays while somebody reads it by keyboard, or has scrolled it to the side.
document.addEventListener("htmx:beforeRequest", (event) => {
  const region = event.detail.elt;
  const isRead = region.contains(document.activeElement)
    || [...region.querySelectorAll(".scroll")].some((it) => it.scrollLeft > 0);
  if (isRead) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input, textarea, select");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("search")?.focus();
  }
});

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button.final");
  if (button && !window.confirm(`${button.textContent.trim()}: ${document.querySelector("h1")?.textContent ?? ""}? ${document.body.dataset.final ?? ""}`)) {
    event.preventDefault();
  }
});

// A request that takes longer shows its duration.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const started = Date.now();
  const note = document.createElement("p");
  note.className = "progress";
  note.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", document.body.dataset.working ?? "");
  const text = document.createElement("span");
  note.append(bar, text);
  setTimeout(() => event.target.append(note), 400);
  setInterval(() => { text.textContent = ` ${Math.round((Date.now() - started) / 1000)} s`; }, 1000);
});
