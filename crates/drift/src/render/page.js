"use strict";
const search = document.getElementById("search");
const boxes = [...document.querySelectorAll("form input[type=checkbox]")];
const shown = document.getElementById("shown");
const articles = [...document.querySelectorAll("article")].map((element) => ({
  element,
  text: element.textContent.toLowerCase(),
}));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const classes = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let count = 0;
  for (const { element, text } of articles) {
    const fits = classes.has(element.dataset.class) && words.every((word) => text.includes(word));
    element.hidden = !fits;
    if (fits) count += 1;
  }
  for (const section of document.querySelectorAll("section:not(.kept)")) {
    const left = section.querySelectorAll("article:not([hidden])").length;
    section.hidden = left === 0;
    section.querySelector("h2 small").textContent = String(left);
  }
  shown.textContent = `${count} of ${articles.length} shown`;
}

search.addEventListener("input", filter);
for (const box of boxes) box.addEventListener("change", filter);
filter();
