import { expect } from "chai";
import { judgeOutage, type OutageSeen } from "./node-outage.js";

const BOOT = "2026-01-01T10:00:00Z";
const seen = (more: Partial<OutageSeen> = {}): OutageSeen => ({
  bootBefore: BOOT,
  wasOut: true,
  wasNotReady: false,
  reason: "",
  power: { running: true, paused: false, startedAt: "2026-01-01T10:05:00Z" },
  ...more,
});
const crash = { strike: "kill", outage: "unnoticed" } as const;
const freeze = { strike: "pause", outage: "unnoticed" } as const;
const down = { running: false, paused: false, startedAt: BOOT };

describe("the proof of a crashed node", () => {
  it("is a later boot after it was seen down", () => {
    expect(judgeOutage("w1", crash, seen())).to.deep.equal({
      done: true,
      value: `w1 was down, not seen not ready, booted 2026-01-01T10:05:00Z after ${BOOT}`,
    });
  });

  it("fails while it is down, and when it never was", () => {
    expect(judgeOutage("w1", crash, seen({ power: down })).done).to.equal(false);
    const up = { running: true, paused: false, startedAt: BOOT };
    expect(judgeOutage("w1", crash, seen({ power: up })).done).to.equal(false);
    expect(judgeOutage("w1", crash, seen({ wasOut: false })).done).to.equal(false);
  });

  it("that the cluster had to notice needs the node to have been not ready", () => {
    const noticed = { ...crash, outage: "noticed" } as const;
    expect(judgeOutage("w1", noticed, seen()).done).to.equal(false);
    const look = judgeOutage("w1", noticed, seen({ wasNotReady: true, reason: "Unknown" }));
    expect(look).to.have.property("done", true);
    expect(look).to.have.property("value").that.contains("seen not ready (Unknown)");
  });
});

describe("the proof of a frozen node", () => {
  const frozen = { running: true, paused: true, startedAt: BOOT };

  it("is the freezing itself, and where the cluster had to notice, that it did", () => {
    expect(judgeOutage("w1", freeze, seen({ power: frozen }))).to.deep.equal({
      done: true,
      value: "w1 was frozen, not seen not ready",
    });
    const noticed = { ...freeze, outage: "noticed" } as const;
    expect(judgeOutage("w1", noticed, seen({ power: frozen })).done).to.equal(false);
    expect(judgeOutage("w1", noticed, seen({ wasNotReady: true })).done).to.equal(true);
  });

  it("fails when it was never seen frozen", () => {
    expect(judgeOutage("w1", freeze, seen({ wasOut: false, wasNotReady: true })).done).to.equal(
      false,
    );
  });
});
