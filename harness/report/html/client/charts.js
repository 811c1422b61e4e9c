/* The four charts of one signal, drawn with uPlot. Runs in the reader's browser. */
"use strict";

/** Colours come from the style sheet, so that charts follow the colour scheme. */
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const formatMinutes = (ms) => {
  const seconds = Math.round(Math.abs(ms) / 1000);
  return `${ms < 0 ? "−" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 2]];

/** Stripes: explained loss must not need its colour to be told from unexplained loss. */
const stripes = (context, colour) => {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const brush = tile.getContext("2d");
  brush.strokeStyle = colour;
  brush.lineWidth = 2.5;
  for (const shift of [-8, 0, 8]) {
    brush.moveTo(shift, 8);
    brush.lineTo(shift + 8, 0);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat");
};

/** What each chart of a signal shows: title, unit and series, `values` aligned with the buckets. */
const chartsOf = (signal, names) => {
  const perSecond = `${names.many} per second`;
  return [
    {
      title: "Sent and acknowledged",
      unit: `${perSecond}, by time of send`,
      series: [
        { label: "sent", values: signal.sent, colour: "--chart-2", dash: [6, 4], width: 2 },
        { label: "acked", values: signal.acked, colour: "--chart-1", width: 1.5 },
      ],
    },
    {
      title: "Received",
      unit: `${perSecond} and gateway, by time of receipt`,
      series: signal.received.map(({ gateway, counts }, index) => ({
        label: gateway,
        values: counts,
        colour: `--chart-${1 + (index % 6)}`,
        dash: DASHES[index % DASHES.length],
        width: 1.5,
      })),
    },
    {
      title: "Lost",
      unit: `${perSecond}, by time of send`,
      stacked: true,
      series: [
        { label: "unexplained", values: signal.lostUnexplained, colour: "--unexplained" },
        { label: "explained", values: signal.lostExplained, colour: "--explained", striped: true },
      ],
    },
    {
      title: "Time to acknowledgement",
      unit: "milliseconds, by time of send",
      series: [
        { label: "p99", values: signal.ackP99Ms, colour: "--chart-2", dash: [6, 4], width: 1.5 },
        { label: "p50", values: signal.ackP50Ms, colour: "--chart-1", width: 1.5 },
      ],
    },
  ];
};

/** Values as they are drawn: per second, and stacked on the series before where the chart stacks. */
const drawnValues = (chart, bucketMs) => {
  const perSecond = chart.unit.startsWith("milliseconds") ? 1 : 1000 / bucketMs;
  const rows = chart.series.map(({ values }) =>
    values.map((value) => (value === null ? null : value * perSecond)),
  );
  if (!chart.stacked) return rows;
  return rows.map((row, index) =>
    row.map((value, bucket) => rows.slice(0, index).reduce((sum, r) => sum + r[bucket], value)),
  );
};

/** Faults as bands and changes of the gateway set as dotted lines, behind the data. */
const drawMarks = (data, named) => (plot) => {
  const { ctx, bbox } = plot;
  const at = (ms) => plot.valToPos(ms - data.zeroMs, "x", true);
  const line = (x, dash) => {
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = ink("--soft");
  for (const { atMs } of data.gatewaySets.slice(1)) line(at(atMs), [2, 4]);
  ctx.strokeStyle = ctx.fillStyle = ink("--fault");
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  for (const fault of data.faults) {
    if (fault.injectedAtMs === null) continue;
    const from = at(fault.injectedAtMs);
    const to = fault.healedAtMs === null ? bbox.left + bbox.width : at(fault.healedAtMs);
    ctx.globalAlpha = 0.12;
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.globalAlpha = 1;
    line(from, []);
    if (named) {
      const text = `fault ${fault.index}: ${fault.description}`;
      ctx.fillText(text, from + 5 * devicePixelRatio, bbox.top + 12 * devicePixelRatio);
    }
  }
  ctx.restore();
};

const seriesOptions = (chart, one) => {
  const colour = ink(one.colour);
  const label = { label: one.label };
  if (!chart.stacked) {
    return { ...label, stroke: colour, dash: one.dash, width: one.width, points: { show: false } };
  }
  return {
    ...label,
    stroke: colour,
    width: 1,
    fill: one.striped ? (plot) => stripes(plot.ctx, colour) : colour,
    paths: uPlot.paths.bars({ size: [1, 40], align: 1 }),
    points: { show: false },
    // The legend tells the series' own value, not the height of the stack.
    value: (plot, _, index, bucket) =>
      bucket === null
        ? "–"
        : plot.data[index][bucket] - (index > 1 ? plot.data[index - 1][bucket] : 0),
  };
};

/** Draws one chart into `parent`; `onZoom(plot, min, max)` hears of every change of its x axis. */
const drawChart = (parent, chart, data, { width, named, range, onZoom }) => {
  const times = Array.from(
    { length: data.buckets },
    (_, bucket) => data.startMs - data.zeroMs + bucket * data.bucketMs,
  );
  const values = drawnValues(chart, data.bucketMs);
  // Stacks are drawn from the highest to the lowest, so that the lower ones stay in front.
  const axis = {
    stroke: ink("--soft"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: ink("--line"), width: 1 },
    ticks: { show: false },
  };
  const options = {
    width,
    height: named ? 200 : 170,
    padding: [10, 12, 0, 0],
    cursor: { sync: { key: "run" }, drag: { x: true, y: false } },
    legend: { live: true },
    scales: { x: { time: false, range: (_, min, max) => [min, max] }, y: { range: [0, null] } },
    axes: [
      {
        ...axis,
        values: (_, splits) => splits.map(formatMinutes),
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((s) => s * 1000),
        size: 30,
      },
      { ...axis, size: 56 },
    ],
    series: [
      { label: "at", value: (_, ms) => (ms === null ? "–" : formatMinutes(ms)) },
      ...chart.series.map((one) => seriesOptions(chart, one)),
    ],
    hooks: {
      drawClear: [drawMarks(data, named)],
      setScale: [(plot, key) => key === "x" && onZoom(plot, plot.scales.x.min, plot.scales.x.max)],
    },
  };
  const plot = new uPlot(options, [times, ...values], parent);
  plot.setScale("x", { min: range[0], max: range[1] });
  return plot;
};
