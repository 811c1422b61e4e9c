import { expect } from "chai";
import { quiesce, type QuiesceInput } from "./quiesce.js";

/** A clock that advances by a second at each look. */
function input(overrides: Partial<QuiesceInput>): QuiesceInput {
  let clockMs = 100_000;
  return {
    loadEndedMs: 100_000,
    holdMs: 10_000,
    atMostMs: 60_000,
    signal: new AbortController().signal,
    lastReceiptMs: () => Promise.resolve(101_000),
    queued: () => Promise.resolve({ requests: 0, unseen: undefined }),
    now: () => (clockMs += 200),
    intervalMs: 0,
    ...overrides,
  };
}

describe("quiesce", () => {
  it("is not reached before everything had the time that the deployment may hold it", async () => {
    const record = await quiesce(input({}));
    expect(record.reached).to.equal(true);
    expect(record.tookMs).to.be.at.least(9_000);
  });

  it("is not reached while a queue holds something, and says what it saw last", async () => {
    const record = await quiesce(
      input({ queued: () => Promise.resolve({ requests: 3, unseen: undefined }) }),
    );
    expect(record.reached).to.equal(false);
    expect(record.lastSeen).to.contain("3 queued");
  });

  it("looks again while a queue cannot be seen, as that of a gateway that ends just now", async () => {
    let looks = 0;
    const ending = await quiesce(
      input({
        queued: () =>
          Promise.resolve({ requests: 0, unseen: ++looks < 60 ? "gw-2 answered 503" : undefined }),
      }),
    );
    expect([ending.reached, looks]).to.deep.equal([true, 60]);
    const silent = await quiesce(
      input({ queued: () => Promise.resolve({ requests: 0, unseen: "gw-2 answered 503" }) }),
    );
    expect(silent.reached).to.equal(false);
    expect(silent.lastSeen).to.contain("0 queued, gw-2 answered 503");
  });

  it("says so when nothing was ever received", async () => {
    const record = await quiesce(input({ lastReceiptMs: () => Promise.resolve(0) }));
    expect(record.lastSeen).to.contain("no receipt, 0 queued");
  });

  it("is not reached while receipts go on", async () => {
    let receiptMs = 100_000;
    const record = await quiesce(
      input({ lastReceiptMs: () => Promise.resolve((receiptMs += 1_000)) }),
    );
    expect(record.reached).to.equal(false);
  });
});
