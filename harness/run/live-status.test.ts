import { expect } from "chai";
import type { Observers } from "../cluster/observers.js";
import { silent } from "../model/progress.js";
import { followLoad } from "./live-status.js";

const COUNTS = { traces: 1, metrics: 1, logs: 1 };

/** Observers whose looks fail where `answers` says so; the last answer repeats. */
function observers(answers: readonly boolean[]): Observers {
  let look = 0;
  const status = (): Promise<unknown> => Promise.resolve({ received: COUNTS, lastReceiptMs: 1 });
  return {
    generator: {
      status: () => {
        const answered = answers[Math.min(look++, answers.length - 1)];
        if (answered !== true) return Promise.reject(new Error("connection refused"));
        return Promise.resolve({
          state: look > 2 ? "done" : "sending",
          attempted: COUNTS,
          acked: COUNTS,
        });
      },
    },
    backends: { tempo: { status }, mimir: { status }, loki: { status } },
  } as unknown as Observers;
}

const follow = (answers: readonly boolean[], lastsMs: number): ReturnType<typeof followLoad> => {
  const endMs = Date.now() + lastsMs;
  return followLoad({
    observers: observers(answers),
    progress: silent,
    signal: new AbortController().signal,
    topology: [],
    deadlineMs: () => endMs,
    next: "the end",
    done: ({ generator }) => generator.state === "done",
  });
};

describe("following the load", () => {
  it("goes on when the observers did not answer for a while", async () => {
    const { generator } = await follow([true, false, true], 20_000);
    expect(generator.state).to.equal("done");
  });

  it("ends at its deadline with the last look that there was, even while nobody answers", async () => {
    const { generator } = await follow([true, false], 1_500);
    expect(generator.state).to.equal("sending");
  });

  it("breaks when nobody answers from the start", async () => {
    const thrown = await follow([false], 20_000).catch((error: unknown) => error);
    expect(String(thrown)).to.contain("connection refused");
  });
});
