/** metrics.prom: the figures of one run in Prometheus' text format, for a textfile collector or a gateway. */
import type { Accounting } from "../model/accounting.js";
import { RUN_PHASES } from "../model/history.js";
import type { RunRecord } from "../model/run-record.js";
import { SIGNALS } from "../model/signal.js";
import { ASIDE, SUMS, type Column } from "./books.js";
import { measuresOf } from "./measures.js";
import { controlResult } from "./verdict-words.js";

type Labels = Readonly<Record<string, string>>;

/** All are gauges: a run is over, nothing of it counts on. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly (readonly [Labels, number])[];
}

/** The file's text. Each sample has the labels scenario and deployment; times are in seconds. */
export function prometheusText(record: RunRecord): string {
  const common = { scenario: record.scenario.name, deployment: record.deployment.name };
  return metricsOf(record)
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...samples.map(
        ([labels, value]) => `${name}${text({ ...common, ...labels })} ${String(value)}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join("");
}

function metricsOf(record: RunRecord): readonly Metric[] {
  const measures = measuresOf(record);
  const control = controlResult(record);
  return [
    {
      name: "agw_chaos_run_verdict",
      help: "1 for the verdict of the run, 0 for the others.",
      samples: (["pass", "inconclusive", "fail"] as const).map((verdict) => [
        { verdict },
        Number(record.verdict === verdict),
      ]),
    },
    {
      name: "agw_chaos_run_control_met",
      help: "Of a run that is known to be wrong: whether it was found out.",
      samples: control === undefined ? [] : [[{}, Number(control.met)]],
    },
    {
      name: "agw_chaos_run_invariants",
      help: "Invariants by verdict.",
      samples: (["pass", "inconclusive", "fail"] as const).map((verdict) => [
        { verdict },
        record.invariants.filter((one) => one.verdict === verdict).length,
      ]),
    },
    {
      name: "agw_chaos_run_items",
      help: "Spans, metric points and log records by what became of them; states overlap.",
      samples: SIGNALS.flatMap((signal) =>
        COLUMNS.map(
          (column) =>
            [{ signal, state: snake(column) }, record.accounting[signal][column]] as const,
        ),
      ),
    },
    {
      name: "agw_chaos_run_delivery_latency_seconds",
      help: "From first send to first receipt of delivered items.",
      samples: SIGNALS.flatMap((signal) => {
        const { deliveryP50Ms, deliveryP99Ms } = measures.signals[signal];
        if (deliveryP50Ms === null || deliveryP99Ms === null) return [];
        return [
          [{ signal, quantile: "0.5" }, seconds(deliveryP50Ms)],
          [{ signal, quantile: "0.99" }, seconds(deliveryP99Ms)],
        ] as const;
      }),
    },
    ...times(record, measures),
  ];
}

function times(record: RunRecord, measures: ReturnType<typeof measuresOf>): readonly Metric[] {
  const { recoveryMs, durationMs } = measures;
  return [
    {
      name: "agw_chaos_run_recovery_seconds",
      help: "From a fault to the last send of an item that was lost or misrouted: the longest.",
      samples: recoveryMs === null ? [] : [[{}, seconds(recoveryMs)]],
    },
    {
      name: "agw_chaos_run_phase_duration_seconds",
      help: "How long each phase took.",
      samples: RUN_PHASES.flatMap((phase) => {
        const own = record.phases.filter((one) => one.phase === phase);
        const tookMs = own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
        return own.length === 0 ? [] : [[{ phase }, seconds(tookMs)] as const];
      }),
    },
    {
      name: "agw_chaos_run_duration_seconds",
      help: "How long the run took.",
      samples: [[{}, seconds(durationMs)]],
    },
    {
      name: "agw_chaos_run_start_timestamp_seconds",
      help: "When the run started, Unix time.",
      samples: [[{}, seconds(Date.parse(record.startedAt))]],
    },
    {
      name: "agw_chaos_run_info",
      help: "What was run: always 1.",
      samples: [
        [
          {
            run_id: record.runId,
            seed: record.seed,
            commit: record.environment.git.sha,
            strict: String(record.strict),
          },
          1,
        ],
      ],
    },
  ];
}

const COLUMNS: readonly Column[] = [
  ...new Set([...SUMS.flatMap(({ total, parts }) => [total, ...parts]), ...ASIDE]),
] satisfies readonly (keyof Accounting)[];

/** To a tenth of a millisecond. */
const seconds = (ms: number): number => Math.round(ms * 10) / 10_000;

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function text(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return `{${pairs.join(",")}}`;
}

/** What the format escapes in a label's value. */
const escape = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
