/** Reads the Prometheus text format, as far as collectors write it. */

export interface PrometheusSample {
  readonly metric: string;
  /** `{a="x",b="y"}` sorted by key, without the labels that name the process; empty when none. */
  readonly labels: string;
  readonly value: number;
}

/** The same on every sample of one pod. */
const PROCESS_LABELS = ["service_instance_id", "service_name", "service_version"];

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** All samples of a scrape, in its order; comments and lines that are no sample are passed over. */
export function parsePrometheus(text: string): PrometheusSample[] {
  const samples: PrometheusSample[] = [];
  for (const line of text.split("\n")) {
    const [, metric, labels = "", value] = LINE.exec(line.trim()) ?? [];
    if (metric === undefined || value === undefined) continue;
    samples.push({ metric, labels: normalise(labels), value: parseValue(value) });
  }
  return samples;
}

function normalise(labels: string): string {
  const pairs = [...labels.matchAll(LABEL)]
    .filter(([, key = ""]) => !PROCESS_LABELS.includes(key))
    .map(([pair]) => pair)
    .sort();
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function parseValue(text: string): number {
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  return Number(text);
}
