/*
 * The timeline: the chosen signal's charts, one time axis for all of them, and a table under each.
 */
"use strict";

const startTimeline = (data) => {
  const root = document.getElementById("charts");
  const tools = document.getElementById("timeline-tools");
  const whole = [
    data.startMs - data.zeroMs,
    data.startMs - data.zeroMs + data.buckets * data.bucketMs,
  ];
  let range = whole;
  let plots = [];
  let zooming = false;

  const zoomTo = (min, max) => {
    if (zooming) return;
    zooming = true;
    const length = Math.min(Math.max(max - min, 2000), whole[1] - whole[0]);
    const from = Math.min(Math.max(min, whole[0]), whole[1] - length);
    range = [from, from + length];
    for (const plot of plots) plot.setScale("x", { min: range[0], max: range[1] });
    moveLanes(range[0], range[1]);
    zooming = false;
  };

  const widthOf = () =>
    "print" in document.documentElement.dataset ? 660 : Math.max(280, root.clientWidth);

  const draw = () => {
    const chosen = tools.querySelector("input[name=signal]:checked")?.value ?? "traces";
    const signal = data.signals.find((one) => one.signal === chosen) ?? data.signals[0];
    const open = [...root.querySelectorAll("details")].map((details) => details.open);
    for (const plot of plots) plot.destroy();
    plots = [];
    root.replaceChildren();
    if (signal === undefined) return;
    chartsOf(signal, data).forEach((chart, index) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      const unit = document.createElement("small");
      unit.textContent = ` ${chart.unit}`;
      caption.append(chart.title, unit);
      const canvas = document.createElement("div");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${chart.title}, ${chart.unit}; the table below holds it`);
      figure.append(caption, canvas, tableOf(chart, data, open[index] === true));
      root.append(figure);
      const view = {
        width: widthOf(),
        named: index === 0,
        range,
        onZoom: zoomTo,
      };
      zooming = true;
      plots.push(drawChart(canvas, chart, data, view));
      zooming = false;
    });
  };

  const actions = {
    in: ([a, b]) => [a + (b - a) / 4, b - (b - a) / 4],
    out: ([a, b]) => [a - (b - a) / 2, b + (b - a) / 2],
    left: ([a, b]) => [a - (b - a) / 4, b - (b - a) / 4],
    right: ([a, b]) => [a + (b - a) / 4, b + (b - a) / 4],
    all: () => whole,
    fault: () => aroundFault(data.faults[0]),
  };
  const aroundFault = (fault) => {
    if (fault === undefined) return whole;
    const { fromMs, toMs } = fault;
    return [fromMs - data.zeroMs - 15_000, (toMs ?? fromMs) - data.zeroMs + 15_000];
  };

  tools.hidden = false;
  tools.addEventListener("change", ({ target }) => {
    if (target.id !== "fault-zoom") return draw();
    const fault = data.faults.find(({ index }) => String(index) === target.value);
    zoomTo(...aroundFault(fault));
  });
  tools.addEventListener("click", ({ target }) => {
    const action = actions[target.dataset?.zoom];
    if (action !== undefined) zoomTo(...action(range));
  });
  root.addEventListener("dblclick", () => zoomTo(...whole));
  let drawnWidth = widthOf();
  new ResizeObserver(() => {
    if (widthOf() === drawnWidth) return;
    drawnWidth = widthOf();
    for (const plot of plots) plot.setSize({ width: drawnWidth, height: plot.height });
    moveLanes(range[0], range[1]);
  }).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.print = "";
    draw();
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.print;
    draw();
  });
  draw();
  moveLanes(range[0], range[1]);
};

/** The chart's numbers, made when the reader asks for them; buckets without any are left out. */
const tableOf = (chart, data, open) => {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = `${chart.title} as a table`;
  details.append(summary);
  const fill = () => {
    if (!details.open || details.childElementCount > 1) return;
    const box = document.createElement("div");
    box.className = "scroll";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${chart.title} as a table`);
    const table = box.appendChild(document.createElement("table"));
    const head = table.createTHead().insertRow();
    for (const title of ["from", ...chart.series.map(({ label }) => label)]) {
      const cell = head.appendChild(document.createElement("th"));
      cell.scope = "col";
      cell.className = title === "from" ? "" : "n";
      cell.textContent = title;
    }
    const body = table.createTBody();
    for (let bucket = 0; bucket < data.buckets; bucket++) {
      const values = chart.series.map((one) => one.values[bucket]);
      if (values.every((value) => value === null || value === 0)) continue;
      const row = body.insertRow();
      const at = data.startMs - data.zeroMs + bucket * data.bucketMs;
      row.insertCell().textContent = formatMinutes(at);
      for (const value of values) {
        const cell = row.insertCell();
        cell.className = "n";
        cell.textContent = value === null ? "–" : String(Math.round(value * 100) / 100);
      }
    }
    details.append(box);
  };
  details.addEventListener("toggle", fill);
  details.open = open;
  return details;
};

{
  const block = document.getElementById("series-data");
  if (block !== null) startTimeline(JSON.parse(block.textContent));
}
