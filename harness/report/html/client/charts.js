/* The charts of one signal, drawn with uPlot. Runs in the reader's browser. */
"use strict";

/** Colours come from the style sheet, so that charts follow the colour scheme. */
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const formatMinutes = (ms) => {
  const seconds = Math.round(Math.abs(ms) / 1000);
  return `${ms < 0 ? "−" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/**
 * Fills by number: a stacked part must not need its colour to be told from its neighbours. The
 * same stripes as an angle for the canvas and for the legend; null is a solid fill.
 */
const STRIPE_ANGLES = [null, 45, 135, 0, 90];

/**
 * A tile of stripes in `colour` on a paler ground, opaque, so that what lies behind does not shine
 * through.
 */
const stripes = (context, colour, angle) => {
  if (angle === null) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const brush = tile.getContext("2d");
  brush.fillStyle = ink("--paper");
  brush.fillRect(0, 0, 8, 8);
  brush.globalAlpha = 0.35;
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 8, 8);
  brush.globalAlpha = 1;
  brush.strokeStyle = colour;
  brush.lineWidth = 2.5;
  for (const shift of [-8, 0, 8]) {
    const ends = {
      0: [0, shift + 4, 8, shift + 4],
      90: [shift + 4, 0, shift + 4, 8],
      45: [shift, 8, shift + 8, 0],
      135: [shift, 0, shift + 8, 8],
    }[angle];
    brush.moveTo(ends[0], ends[1]);
    brush.lineTo(ends[2], ends[3]);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat");
};

const pale = (colour) => `color-mix(in srgb, ${colour} 35%, ${ink("--paper")})`;

/** The same for the legend. */
const stripesInCss = (colour, angle) =>
  angle === null
    ? colour
    : `repeating-linear-gradient(${180 - angle}deg, ${colour} 0 2px, ${pale(colour)} 2px 4px)`;

/** What each chart of a signal shows: title, unit and series, `values` aligned with the buckets. */
const chartsOf = (signal, data) => {
  const perSecond = `${data.itemNames[signal.signal].many} per second`;
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
      stacked: true,
      series: signal.received.map(({ gateway, counts }, index) => ({
        label: gateway,
        values: counts,
        colour: `--chart-${1 + (index % 6)}`,
        angle: STRIPE_ANGLES[index % STRIPE_ANGLES.length],
      })),
    },
    {
      title: "Lost",
      unit: `${perSecond}, by time of send`,
      stacked: true,
      series: [
        { label: "explained", values: signal.lostExplained, colour: "--explained", angle: 45 },
        {
          label: "unexplained",
          values: signal.lostUnexplained,
          colour: "--unexplained",
          angle: null,
        },
      ],
    },
    ...(signal.signal === "traces" && data.traces.length > 0 ? [outcomeMap(data)] : []),
    {
      title: "Time to acknowledgement",
      unit: "milliseconds, by time of send",
      series: [
        { label: "p99", values: signal.ackP99Ms, colour: "--chart-2", dash: [6, 4], width: 1.5 },
        { label: "p50", values: signal.ackP50Ms, colour: "--chart-1", width: 1.5 },
      ],
    },
    {
      title: "Time to delivery",
      unit: "milliseconds from first send to first receipt, by time of send",
      series: [
        {
          label: "p99",
          values: signal.deliveryP99Ms,
          colour: "--chart-2",
          dash: [6, 4],
          width: 1.5,
        },
        { label: "p50", values: signal.deliveryP50Ms, colour: "--chart-1", width: 1.5 },
      ],
    },
  ];
};

/**
 * Values as they are drawn: per second, and stacked on the series after where the chart stacks, so
 * that the tallest is drawn first and the others in front of it. Nothing is drawn for a part of 0.
 */
const drawnValues = (chart, bucketMs) => {
  const perSecond = chart.unit.startsWith("milliseconds") ? 1 : 1000 / bucketMs;
  const rows = chart.series.map(({ values }) =>
    values.map((value) => (value === null ? null : value * perSecond)),
  );
  if (!chart.stacked) return rows;
  return rows.map((row, index) =>
    row.map((value, bucket) =>
      value === 0 ? null : rows.slice(index).reduce((sum, below) => sum + below[bucket], 0),
    ),
  );
};

const clipped = (plot, paint) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint(ctx, bbox);
  ctx.restore();
};

/** Faults as bands and changes of the gateway set as dotted lines, behind the data. */
const drawMarks = (data) => (plot) =>
  clipped(plot, (ctx, { left, top, width, height }) => {
    const at = (ms) => plot.valToPos(ms - data.zeroMs, "x", true);
    const line = (x, dash) => {
      ctx.setLineDash(dash);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
    };
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeStyle = ink("--soft");
    for (const { atMs } of data.gatewaySets.slice(1)) line(at(atMs), [2, 4]);
    ctx.strokeStyle = ctx.fillStyle = ink("--fault");
    for (const fault of data.faults) {
      const from = at(fault.fromMs);
      const to = fault.toMs === null ? left + width : at(fault.toMs);
      ctx.globalAlpha = 0.12;
      ctx.fillRect(from, top, to - from, height);
      ctx.globalAlpha = 1;
      line(from, []);
    }
  });

/**
 * Where the name of each fault in view stands: written out where it ends before the next fault begins, else its
 * number, which the table of faults and a closer look explain; a line below where not even that has room.
 */
const placeNames = (faults, { right, widthOf }) => {
  const inView = faults.filter(({ x, endX, left }) => x < right && endX > left);
  const rowEnds = [];
  return inView.map((fault, at) => {
    const from = Math.max(fault.x, fault.left);
    const until = inView[at + 1]?.x ?? right;
    const whole = `fault #${fault.index + 1}: ${fault.description}`;
    const text = from + widthOf(whole) < until ? whole : `#${fault.index + 1}`;
    const free = rowEnds.findIndex((end) => end <= from);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = from + widthOf(text);
    return { text, x: from, row };
  });
};

/** Names of the faults, above grid and data. */
const drawNames = (data) => (plot) =>
  clipped(plot, (ctx, { left, top, width }) => {
    const px = devicePixelRatio;
    ctx.font = `${11 * px}px system-ui, "DejaVu Sans", sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    const at = (ms) => plot.valToPos(ms - data.zeroMs, "x", true);
    const faults = [...data.faults]
      .sort((a, b) => a.fromMs - b.fromMs)
      .map((fault) => ({
        ...fault,
        left,
        x: at(fault.fromMs),
        endX: fault.toMs === null ? Infinity : at(fault.toMs),
      }));
    const widthOf = (text) => ctx.measureText(text).width + 9 * px;
    for (const { text, x, row } of placeNames(faults, { right: left + width, widthOf })) {
      const y = top + (3 + 15 * row) * px;
      ctx.fillStyle = ink("--paper");
      ctx.fillRect(x + 3 * px, y, ctx.measureText(text).width + 4 * px, 14 * px);
      ctx.fillStyle = ink("--fault");
      ctx.fillText(text, x + 5 * px, y + px);
    }
  });

const seriesOptions = (chart, one, bucketMs) => {
  const colour = ink(one.colour);
  const points = { show: false };
  if (!chart.stacked) {
    return { label: one.label, stroke: colour, dash: one.dash, width: one.width, points };
  }
  return {
    label: one.label,
    stroke: colour,
    width: 0.5,
    fill: (plot) => stripes(plot.ctx, colour, one.angle),
    paths: uPlot.paths.bars({ size: [1, Infinity], align: 1 }),
    points,
    // The legend tells the series' own value, not the height of the stack.
    value: (_, __, ___, bucket) =>
      bucket === null ? "–" : Math.round((one.values[bucket] * 1000) / bucketMs),
  };
};

const legendMarkers = (chart) => {
  const of = (index) => chart.series[index - 1];
  return {
    width: 2,
    dash: (_, index) => (of(index)?.dash === undefined ? "solid" : "dashed"),
    stroke: (_, index) => (of(index) === undefined ? null : ink(of(index).colour)),
    fill: (_, index) =>
      chart.stacked && of(index) !== undefined
        ? stripesInCss(ink(of(index).colour), of(index).angle)
        : "transparent",
  };
};

/** Colours, type and grid of an axis. */
const axisOptions = () => ({
  stroke: ink("--soft"),
  font: '12px system-ui, "DejaVu Sans", sans-serif',
  grid: { stroke: ink("--line"), width: 1 },
  ticks: { show: false },
});

const timeAxis = () => ({
  ...axisOptions(),
  values: (_, splits) => splits.map(formatMinutes),
  incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((s) => s * 1000),
  size: 30,
});

/** The part of a chart's options that depends on whether it shows series or a mark a trace. */
const seriesPart = (chart, data, named) => ({
  height: named ? 200 : 170,
  legend: { live: true, markers: legendMarkers(chart) },
  y: { range: (_, __, max) => [0, Math.max(max, 1) * (named ? 1.25 : 1.08)] },
  yAxis: { ...axisOptions(), size: 56, space: 36 },
  series: chart.series.map((one) => seriesOptions(chart, one, data.bucketMs)),
  values: drawnValues(chart, data.bucketMs),
  draw: named ? [drawNames(data)] : [],
});

const marksPart = (chart, data) => ({
  height: 300,
  legend: { show: false },
  y: { range: [0, RING_POSITIONS] },
  yAxis: { ...axisOptions(), size: 56, incrs: [6000, 12000] },
  series: [{ paths: () => null, points: { show: false } }],
  values: [new Array(data.buckets).fill(0)],
  draw: [drawOutcomes(chart, data)],
});

/** Draws one chart into `parent`; `onZoom(min, max)` hears of every change of its time axis. */
const drawChart = (parent, chart, data, { width, named, range, onZoom }) => {
  const times = Array.from(
    { length: data.buckets },
    (_, bucket) => data.startMs - data.zeroMs + bucket * data.bucketMs,
  );
  const part = chart.marks === undefined ? seriesPart(chart, data, named) : marksPart(chart, data);
  const options = {
    width,
    height: part.height,
    padding: [10, 20, 0, 0],
    cursor: { sync: { key: "run" }, drag: { x: true, y: false } },
    legend: part.legend,
    scales: { x: { time: false, range: (_, min, max) => [min, max] }, y: part.y },
    axes: [timeAxis(), part.yAxis],
    series: [
      { label: "at", value: (_, ms) => (ms === null ? "–" : formatMinutes(ms)) },
      ...part.series,
    ],
    hooks: {
      drawClear: [drawMarks(data)],
      draw: part.draw,
      setScale: [(plot, key) => key === "x" && onZoom(plot.scales.x.min, plot.scales.x.max)],
    },
  };
  const plot = new uPlot(options, [times, ...part.values], parent);
  plot.setScale("x", { min: range[0], max: range[1] });
  if (chart.marks !== undefined) parent.append(outcomeKeys(chart));
  return plot;
};
