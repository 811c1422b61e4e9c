/* One mark for each trace: when it was sent, where on the hash ring it lies, what became of it. */
"use strict";

const RING_POSITIONS = 36000;

/** Shape and colour of each outcome; the first is drawn first. Shapes alone tell them apart. */
const MARKS = {
  "sampled out": { sign: "·", colour: "--soft", radius: 0.7, shape: "dot" },
  delivered: { sign: "●", colour: "--delivered", radius: 1.6, shape: "dot" },
  undecidable: { sign: "○", colour: "--soft", radius: 2, shape: "ring" },
  leaked: { sign: "△", colour: "--fail", radius: 4, shape: "triangle" },
  "lost, explained": { sign: "+", colour: "--explained", radius: 2.6, shape: "plus" },
  "lost, unexplained": { sign: "✗", colour: "--unexplained", radius: 5, shape: "cross" },
};

const drawMark = (ctx, shape, x, y, r) => {
  ctx.beginPath();
  if (shape === "dot" || shape === "ring") {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === "plus") {
    ctx.moveTo(x - r, y);
    ctx.lineTo(x + r, y);
    ctx.moveTo(x, y - r);
    ctx.lineTo(x, y + r);
  } else if (shape === "triangle") {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.lineTo(x - r, y + r);
    ctx.closePath();
  } else {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x - r, y + r);
    ctx.lineTo(x + r, y - r);
  }
  if (shape === "dot") ctx.fill();
  else ctx.stroke();
};

/** The map as a chart; its table counts the traces that are drawn. */
const outcomeMap = (data) => ({
  title: "Outcome of each trace",
  unit: "by place on the hash ring and time of first send",
  marks: data.traces,
  series: data.traces.map(({ outcome, sentMs }) => {
    const values = new Array(data.buckets).fill(0);
    for (const ms of sentMs) values[Math.floor((ms - data.startMs) / data.bucketMs)] += 1;
    return { label: outcome, values };
  }),
});

const drawOutcomes = (chart, data) => (plot) =>
  clipped(plot, (ctx) => {
    for (const [outcome, { colour, radius, shape }] of Object.entries(MARKS)) {
      const group = chart.marks.find((one) => one.outcome === outcome);
      if (group === undefined) continue;
      ctx.fillStyle = ctx.strokeStyle = ink(colour);
      ctx.lineWidth = (shape === "cross" ? 2.5 : 1.2) * devicePixelRatio;
      group.sentMs.forEach((ms, index) => {
        const x = plot.valToPos(ms - data.zeroMs, "x", true);
        const y = plot.valToPos(group.positions[index], "y", true);
        drawMark(ctx, shape, x, y, radius * devicePixelRatio);
      });
    }
  });

/** What the marks mean, with how many there are. */
const outcomeKeys = (chart) => {
  const keys = document.createElement("p");
  keys.className = "keys";
  for (const [outcome, { sign, colour }] of Object.entries(MARKS)) {
    const group = chart.marks.find((one) => one.outcome === outcome);
    if (group === undefined) continue;
    const shown = group.sentMs.length;
    const sample = shown < group.total ? ` (${shown.toLocaleString("en-US")} drawn)` : "";
    const mark = document.createElement("b");
    mark.textContent = sign;
    mark.style.color = `var(${colour})`;
    const key = document.createElement("span");
    key.className = "outcome";
    key.append(mark, ` ${outcome} ${group.total.toLocaleString("en-US")}${sample}`);
    keys.append(key, " ");
  }
  return keys;
};
