import { expect } from "chai";
import { HarnessError } from "../model/errors.js";
import { type Clock, waitFor } from "./wait.js";

/** A clock that moves only when somebody sleeps. */
function fakeClock(): Clock & { readonly slept: number[] } {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    sleep: (ms) => {
      slept.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

const failure = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (thrown) {
    return thrown as Error;
  }
  throw new Error("expected a rejection");
};

describe("waitFor", () => {
  it("resolves with the value of the first look that is done", async () => {
    let looks = 0;
    const value = await waitFor({
      what: "three",
      probe: () => {
        looks += 1;
        return Promise.resolve(
          looks === 3 ? { done: true, value: looks } : { done: false, seen: String(looks) },
        );
      },
      timeoutMs: 10_000,
      clock: fakeClock(),
    });
    expect(value).to.equal(3);
  });

  it("gives up at the deadline, never later, and states the last observation", async () => {
    const clock = fakeClock();
    let looks = 0;
    const error = await failure(
      waitFor({
        what: "a ready gateway",
        probe: () => Promise.resolve({ done: false, seen: `${String(++looks)} ready` }),
        timeoutMs: 1_200,
        intervalMs: 500,
        clock,
      }),
    );
    expect(clock.slept).to.deep.equal([500, 500, 200]);
    expect(error).to.be.instanceOf(HarnessError);
    expect(error.message).to.equal("waiting for a ready gateway: not within 1.2 s");
    expect(error).to.have.property("lastSeen", "4 ready");
  });

  it("takes a failed look as an observation, but ends at once on a HarnessError", async () => {
    const looks = [new Error("connection refused"), new HarnessError("image cannot exist")];
    const seen: string[] = [];
    const error = await failure(
      waitFor({
        what: "x",
        probe: () => Promise.reject(looks.shift() ?? new Error("looked too often")),
        timeoutMs: 60_000,
        clock: fakeClock(),
        onLook: (text) => seen.push(text),
      }),
    );
    expect(error.message).to.equal("image cannot exist");
    expect(seen).to.deep.equal(["connection refused"]);
  });

  it("cuts off a look that never answers", async () => {
    const error = await failure(
      waitFor({ what: "an answer", probe: () => new Promise(() => undefined), timeoutMs: 30 }),
    );
    expect(error).to.have.property("lastSeen", "no answer");
  });

  it("stops with the caller's reason when aborted", async () => {
    const stop = new AbortController();
    const waiting = failure(
      waitFor({
        what: "x",
        probe: () => new Promise(() => undefined),
        timeoutMs: 60_000,
        signal: stop.signal,
      }),
    );
    stop.abort(new Error("asked to stop"));
    expect((await waiting).message).to.equal("asked to stop");
  });
});
