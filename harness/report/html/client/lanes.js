/* Moves the marks of the pods' lanes when the time axis zooms or the page changes its width. */
"use strict";

/** `min` and `max` in ms of the run's clock. */
const moveLanes = (min, max) => {
  const lanes = document.getElementById("lanes");
  const percent = (ms) => (100 * (Math.min(Math.max(ms, min), max) - min)) / (max - min);
  for (const mark of lanes.querySelectorAll("[data-from]")) {
    const from = percent(Number(mark.dataset.from));
    const width = percent(Number(mark.dataset.to)) - from;
    mark.setAttribute("x", `${from}%`);
    if (mark.tagName === "rect") mark.setAttribute("width", `${width}%`);
    const outside = Number(mark.dataset.to) < min || Number(mark.dataset.from) > max;
    // The name of a phase that is shorter than its name would run into the next one.
    const cramped =
      mark.classList.contains("label") &&
      (width * lanes.clientWidth) / 100 < mark.getComputedTextLength() + 3;
    mark.style.visibility = outside || cramped ? "hidden" : "";
  }
};
