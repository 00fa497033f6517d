// What a page does more when scripts run. Without them it has all of its content and forms.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
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
  if (button && !window.confirm(`${button.textContent.trim()}: ${document.querySelector("h1")?.textContent ?? ""}? This cannot be undone.`)) {
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
  bar.setAttribute("aria-label", "Working");
  const text = document.createElement("span");
  note.append(bar, text);
  setTimeout(() => event.target.append(note), 400);
  setInterval(() => { text.textContent = ` ${Math.round((Date.now() - started) / 1000)} s`; }, 1000);
});
