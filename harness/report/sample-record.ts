/** The run record of the sample run. */
import type { RunRecord } from "../model/run-record.js";
import type { Verdict } from "../model/verdict.js";
import { KILL_MS, READY_MS, START_MS, type Simulation } from "./sample-simulation.js";

export function sampleRecord(simulation: Simulation, verdict: Verdict): RunRecord {
  const spans = simulation.accounting.traces;
  const proven = verdict !== "inconclusive";
  return {
    schemaVersion: 1,
    runId: "20261125T050102Z-42",
    scenario: {
      name: "gateway-kill",
      description: "One of three gateways is force-deleted under load.",
      spec: { name: "gateway-kill", expect: { verdict: "pass" } },
    },
    seed: "42",
    strict: false,
    audited: false,
    command: "npx chaos run gateway-kill --seed 42",
    startedAt: new Date(START_MS - 79_000).toISOString(),
    finishedAt: new Date(START_MS + 151_000).toISOString(),
    verdict,
    headline: headline(verdict, spans),
    phases: phases(),
    faults: [
      {
        index: 0,
        description: "kill-gateway (force-delete, one)",
        spec: { kind: "kill-gateway", how: "force-delete", pick: "one" },
        targets: [
          {
            kind: "pod",
            name: simulation.gateways[0] ?? "",
            uid: "0b7e6c1e-6d0f-4a52-9d0a-000000000000",
            ip: "10.244.1.4",
          },
        ],
        injectedAtMs: KILL_MS,
        healedAtMs: READY_MS,
        proven,
        proof: proven
          ? "UID 0b7e6c1e… is gone after 0.3 s, UID 0b7e6c1e…3 is ready after 9.4 s"
          : "UID 0b7e6c1e… is still there 30 s after the delete",
      },
    ],
    invariants: invariants(verdict, simulation, proven),
    accounting: simulation.accounting,
    losses: simulation.losses,
    delivery: simulation.series.delivery,
    deployment: deployment(),
    environment: environment(),
    figures: {
      recoverySeconds: 4.1,
      calibrationTraces: 1_100,
      provisionSeconds: 38.2,
      maxLagMs: 12,
    },
  };
}

function headline(verdict: Verdict, spans: Simulation["accounting"]["traces"]): string {
  const expected = spans.delivered + spans.lostExplained + spans.lostUnexplained;
  if (verdict === "fail") {
    return (
      "FAIL zero-loss: 1 acknowledged span never arrived and nothing explains it; " +
      "sent 26.8 s before kill-gateway"
    );
  }
  if (verdict === "inconclusive") {
    return "INCONCLUSIVE faults-proven: kill-gateway killed nothing, so nothing was shown";
  }
  const share = ((100 * spans.lostExplained) / expected).toFixed(1);
  return (
    `PASS gateway-kill: 0 of ${String(expected)} spans lost without explanation; ` +
    `${String(spans.lostExplained)} explained (${share} %), ` +
    "mostly in the dead gateway's tail-sampling memory"
  );
}

function phases(): RunRecord["phases"] {
  const seconds = [-79, -41, 0, 22, 82, 88, 141, 146, 150] as const;
  const names = [
    "provision",
    "deploy",
    "calibrate",
    "load",
    "heal",
    "quiesce",
    "collect",
    "judge",
  ] as const;
  return names.map((phase, index) => ({
    phase,
    startMs: START_MS + (seconds[index] ?? 0) * 1_000,
    endMs: START_MS + (seconds[index + 1] ?? 0) * 1_000,
  }));
}

function invariants(
  verdict: Verdict,
  { accounting, gateways, losses }: Simulation,
  proven: boolean,
): RunRecord["invariants"] {
  const spans = accounting.traces;
  const expected = spans.delivered + spans.lostExplained + spans.lostUnexplained;
  const share = ((100 * spans.lostExplained) / expected).toFixed(1);
  const none = { columns: [], rows: [], total: 0 };
  const loss: Verdict = verdict === "fail" ? "fail" : "pass";
  return [
    {
      kind: "calibration",
      property: "Before any fault, owner and sampling decision were predicted for every trace.",
      verdict: "pass",
      limit: "at least 1,000 traces, all as predicted",
      actual: "1,100 of 1,100 traces as predicted",
      reason: "Every trace went to its predicted owner and was sampled as predicted.",
      evidence: none,
    },
    {
      kind: "faults-proven",
      property: "Each scheduled fault happened, with proof.",
      verdict: proven ? "pass" : "inconclusive",
      limit: "1 of 1 proven",
      actual: proven ? "1 of 1 proven" : "0 of 1 proven",
      reason: proven
        ? "The pod's UID is gone, a new one is ready."
        : "The pod that was killed is still there.",
      evidence: {
        columns: ["fault", "target", "proven"],
        rows: [[0, gateways[0] ?? "", proven]],
        total: 1,
      },
    },
    {
      kind: "zero-loss",
      property:
        "Nothing acknowledged and expected at a backend is missing, " +
        "but for loss that the configuration allows.",
      verdict: loss,
      limit: "0 unexplained, at most 20 % explained",
      actual: `${String(spans.lostUnexplained)} unexplained, ${share} % explained`,
      reason:
        loss === "fail"
          ? "1 span was acknowledged outside every window in which the configuration may lose it."
          : "Every missing item lies in a window that the configuration allows.",
      evidence: {
        columns: ["signal", "place", "rule", "items"],
        rows: losses.map((one) => [one.signal, one.place, one.rule, one.items]),
        total: losses.length,
      },
    },
    {
      kind: "trace-affinity",
      property:
        "Within an epoch a trace goes to exactly the predicted gateway; " +
        "across a change only to possible owners.",
      verdict: "pass",
      limit: "0 misrouted",
      actual: "0 misrouted, 214 transitional",
      reason: "Every receipt came from an owner in a possible ring.",
      evidence: none,
    },
    {
      kind: "recovery-time",
      property: "After each fault, delivery is whole again within the limit.",
      verdict: "pass",
      limit: "45.0 s",
      actual: "4.1 s",
      reason: "The last lost item was sent 4.1 s after the injection.",
      evidence: none,
    },
  ];
}

const deployment = (): RunRecord["deployment"] => ({
  name: "corrected",
  configSha256: "6f1ed002ab5595859014ebf0951522d9f2a8c1a9d5ac4e4a1ff7c7e0a3a0b1c2",
  corrections: [
    {
      file: "agent-health-check.yaml",
      why: "The DaemonSet probes :13133, but the agent has no health_check extension.",
    },
    {
      file: "corrections/gateway-file-storage.yaml",
      why: "file_storage has no key max_file_size_mib; the collector does not start.",
    },
    { file: "namespace.yaml", why: "Nothing creates the namespace observability." },
  ],
  audit: [],
  kindSized: ["gateway CPU request 1 → 40m", "gateway memory request 2Gi → 256Mi"],
  settings: [
    { name: "resolver", value: "dns otel-gateway-headless, interval 5 s, timeout 1 s" },
    { name: "decision_wait", value: "30 s" },
    { name: "gateway batch", value: "10 s or 8192 items" },
    { name: "sending_queue", value: "persistent, emptyDir" },
    { name: "HPA", value: "3 to 12 replicas, CPU 60 %" },
  ],
});

const environment = (): RunRecord["environment"] => ({
  git: { sha: "d1feaee2b0c4a1f39e3b7f6d2a9c8e7f6a5b4c3d", dirty: true },
  versions: {
    node: "20.20.2",
    kind: "0.29.0",
    kubernetes: "1.33.1",
    collector: "0.96.0",
    docker: "20.10.24",
  },
  images: [
    {
      name: "kindest/node:v1.33.1",
      digest: "sha256:050072256b9a903bd914c0b2866828150cb229cea0efe5892e2b644d5dd3b34f",
    },
    {
      name: "otel/opentelemetry-collector-contrib:0.96.0",
      digest: "sha256:7e1ed002ab5595859014ebf0951522d9f2a8c1a9d5ac4e4a1ff7c7e0a3a0b1c2",
    },
  ],
  corefile:
    ".:53 {\n    errors\n    kubernetes cluster.local {\n       ttl 30\n    }\n    cache 30\n}\n",
  egressGuard: "on: unused pod and Service addresses refused within 1 s; 0 packets left the host",
});
