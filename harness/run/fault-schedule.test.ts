import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Fault } from "../faults/index.js";
import { HarnessError } from "../model/errors.js";
import type { ScheduledFault } from "../model/fault.js";
import type { FaultEvent } from "../model/history.js";
import { killGateway } from "../model/pod-faults.js";
import { silent } from "../model/progress.js";
import { random } from "../model/random.js";
import { runSchedule, type ScheduleInput } from "./fault-schedule.js";
import { teardown } from "./teardown.js";

const spec = killGateway({ how: "dry-run", pick: "one" });
const at = (atMs: number, lastsMs?: number): ScheduledFault => ({
  atMs,
  fault: spec,
  ...(lastsMs === undefined ? {} : { lastsMs }),
});

/** Performs a schedule of faults that do what `fault` says; resolves with what was recorded and done. */
async function perform(
  faults: readonly ScheduledFault[],
  fault: Partial<Fault>,
  signal = new AbortController().signal,
) {
  const events: FaultEvent[] = [];
  const spoilt: string[] = [];
  const heals: number[] = [];
  const undo = teardown();
  const startMs = Date.now();
  const made: Fault = {
    inject: () => Promise.resolve([]),
    prove: () => Promise.resolve({ proven: true, proof: "seen" }),
    ...fault,
    heal: (context) => {
      heals.push(Date.now() - startMs);
      return fault.heal?.(context) ?? Promise.resolve("healed");
    },
  };
  const untouched = {} as Pick<ScheduleInput, "client" | "observers">;
  const ended = await runSchedule({
    ...untouched,
    cluster: "none",
    namespace: "none",
    random: random(1n),
    faults,
    faultOf: () => made,
    startMs,
    loadMs: 120,
    record: (event) => events.push(event),
    undo,
    spoil: (why) => spoilt.push(why),
    progress: silent,
    signal,
  }).catch((thrown: unknown) => thrown);
  await undo.run(silent);
  return { steps: events.map(({ step }) => step), events, spoilt, heals, ended };
}

describe("the fault schedule", () => {
  it("heals a fault when its time is over, and one without an end when the load ends", async () => {
    const lasting = await perform([at(0, 40)], {});
    expect(lasting.steps).to.deep.equal(["injecting", "injected", "proven", "healed"]);
    expect(lasting.heals).to.have.length(1);
    expect(lasting.heals[0]).to.be.within(39, 110);
    const open = await perform([at(0)], {});
    expect(open.heals[0]).to.be.at.least(119);
  });

  it("heals what takes its time when it was proven, though its time and the load are over", async () => {
    const run = await perform([at(0, 20)], {
      healsOnceProven: true,
      prove: async () => {
        await sleep(160);
        return { proven: true, proof: "gone" };
      },
    });
    expect(run.steps).to.deep.equal(["injecting", "injected", "proven", "healed"]);
    expect(run.heals[0]).to.be.at.least(159);
  });

  it("heals what failed to strike at once: it may have struck half", async () => {
    const run = await perform([at(0)], {
      inject: () => Promise.reject(new HarnessError("no such tool")),
    });
    expect(run.steps).to.deep.equal(["injecting", "not-proven", "healed"]);
    expect(run.events[1]?.proof).to.contain("no such tool");
    expect(run.heals[0]).to.be.below(100);
  });

  it("tries a failed healing once more, then spoils the cluster and records it", async () => {
    let tries = 0;
    const sick = (fails: number) =>
      perform([at(0, 10)], {
        heal: () =>
          ++tries <= fails ? Promise.reject(new HarnessError("stuck")) : Promise.resolve("well"),
      });
    const recovered = await sick(1);
    expect(recovered.steps.at(-1)).to.equal("healed");
    expect(recovered.spoilt).to.deep.equal([]);
    tries = 0;
    const broken = await sick(2);
    expect(broken.steps.at(-1)).to.equal("heal-failed");
    expect(broken.spoilt).to.have.length(1);
  });

  it("heals after an interruption, and throws it", async () => {
    const stop = new AbortController();
    const run = await perform(
      [at(0)],
      {
        inject: () => {
          stop.abort(new Error("stopped"));
          return Promise.resolve([]);
        },
      },
      stop.signal,
    );
    expect(run.ended).to.be.an("error").with.property("message", "stopped");
    expect(run.steps.at(-1)).to.equal("healed");
  });

  it("records a proof that throws as not proven, and runs faults side by side", async () => {
    const run = await perform([at(0, 60), at(20, 60)], {
      prove: () => Promise.reject(new HarnessError("cannot look")),
    });
    expect(run.steps.filter((step) => step === "not-proven")).to.have.length(2);
    expect(run.steps.indexOf("healed")).to.be.greaterThan(run.steps.lastIndexOf("injected"));
  });
});
