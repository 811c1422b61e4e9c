import { expect } from "chai";
import { UsageError } from "./errors.js";
import { inSequence } from "./in-sequence.js";
import {
  countersAgree,
  delivery,
  disruptionBudget,
  freshWithin,
  hpaPolicy,
  recoversWithin,
  type InvariantSpec,
} from "./invariant.js";
import { killAgent, killGateway } from "./pod-faults.js";
import { scenario, type ScenarioInput } from "./scenario.js";

const KILL = killGateway({ how: "force-delete", pick: "one" });
const AGENT = killAgent({ how: "sigkill", pick: "one" });

const part = (name: string, more: Partial<ScenarioInput>) =>
  scenario({
    name,
    description: "",
    tags: [],
    faults: [{ at: 10_000, fault: KILL }],
    invariants: delivery({ explained: 0.1 }),
    ...more,
  });
const sequence = (...of: ReturnType<typeof part>[]) =>
  inSequence({ name: "both", description: "", tags: ["nightly"], of });

describe("a sequence of scenarios", () => {
  const short = part("short", {
    load: 60_000,
    invariants: [
      ...delivery({ explained: 0.1, duplicates: 0 }),
      recoversWithin(20_000),
      freshWithin(5_000),
      countersAgree(),
    ],
  });
  const long = part("long", {
    load: 120_000,
    audit: true,
    quiesce: { atMost: 300_000 },
    faults: [{ at: 5_000, lasts: 30_000, fault: AGENT }],
    invariants: [
      ...delivery({ explained: 0.4, duplicates: 0.06 }),
      recoversWithin(45_000),
      freshWithin(3_000),
    ],
  });

  it("has the faults of each with the time after them, and what the neediest needs", () => {
    const both = sequence(short, long);
    expect(both.loadMs).to.equal(175_000);
    expect(both.faults).to.deep.equal([
      { atMs: 10_000, fault: KILL },
      { atMs: 60_000, lastsMs: 30_000, fault: AGENT },
    ]);
    expect(both).to.include({ audit: false, quiesceAtMostMs: 300_000, deployment: "corrected" });
    expect(sequence(long, long).audit).to.equal(true);
  });

  it("asks what all ask: as many items as all allow, the largest limit in time", () => {
    const asks = (kind: InvariantSpec["kind"]) =>
      sequence(short, long).invariants.find((spec) => spec.kind === kind);
    expect(asks("zero-loss")).to.deep.equal({ kind: "zero-loss", explainedBudget: 0.35 });
    expect(asks("duplicates")).to.deep.equal({ kind: "duplicates", limit: 0.045 });
    expect(asks("recovery-time")).to.equal(undefined);
    expect(asks("freshness")).to.deep.equal({ kind: "freshness", limitMs: 5_000 });
    expect(asks("counters-agree")).to.equal(undefined);
    expect(asks("trace-affinity")).to.deep.equal({ kind: "trace-affinity" });
  });

  it("asks what judges only its own kind of event when one asks", () => {
    const drained = part("drained", {
      invariants: [...delivery({ explained: 0.1 }), disruptionBudget()],
    });
    const scaled = part("scaled", { invariants: [...delivery({ explained: 0.1 }), hpaPolicy()] });
    const kinds = sequence(short, drained, scaled).invariants.map(({ kind }) => kind);
    expect(kinds).to.include.members(["disruption-budget", "hpa-policy"]);
    expect(new Set(kinds)).to.have.property("size", kinds.length);
  });

  it("refuses what does not go together, by name", () => {
    const refused = (what: Partial<ScenarioInput>, why: string) =>
      expect(() => sequence(short, part("odd", what))).to.throw(UsageError, why);
    refused({ deployment: "small-memory" }, 'sequence "both": odd needs another deployment');
    refused({ workload: { tracesPerSecond: 9 } }, "odd needs another workload than short");
    refused({ faults: [] }, "odd has no fault");
    refused({ backends: { tempo: { kind: "drop-one-in", n: 9 } } }, "odd is a control or has");
    refused({ expect: { verdict: "fail" } }, "odd is a control or has");
    expect(() => sequence(short)).to.throw(UsageError, "needs two scenarios or more");
  });
});
