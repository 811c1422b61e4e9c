/* Moves the marks of the pods' lanes when the time axis zooms. */
"use strict";

/** `min` and `max` in ms of the run's clock. */
const moveLanes = (min, max) => {
  const percent = (ms) => (100 * (Math.min(Math.max(ms, min), max) - min)) / (max - min);
  for (const mark of document.querySelectorAll("#lanes [data-from]")) {
    const from = percent(Number(mark.dataset.from));
    const to = percent(Number(mark.dataset.to));
    mark.setAttribute("x", `${from}%`);
    if (mark.tagName === "rect") mark.setAttribute("width", `${to - from}%`);
    const outside = Number(mark.dataset.to) < min || Number(mark.dataset.from) > max;
    mark.style.visibility =
      outside || (mark.classList.contains("label") && to - from < 4) ? "hidden" : "";
  }
};
