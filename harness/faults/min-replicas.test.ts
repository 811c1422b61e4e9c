import { expect } from "chai";
import { judgeScaled, judgeScaledIn } from "./min-replicas.js";
import { pod } from "./test-collectors.js";

const before = [1, 2, 3].map((n) => pod(n));

describe("the proof of a minimum that was raised", () => {
  it("is as many ready gateways, and names those that came", () => {
    expect(judgeScaled(before, 5, [...before, pod(4), pod(5)])).to.deep.equal({
      done: true,
      value: "5 gateways ready where 3 were: gw-4 (UID u4), gw-5 (UID u5) came",
    });
  });

  it("fails while one is not ready, or none came", () => {
    expect(judgeScaled(before, 5, [...before, pod(4), pod(5, { ready: false })]).done).to.equal(
      false,
    );
    expect(judgeScaled(before, 5, before)).to.deep.equal({
      done: false,
      seen: "3 gateways ready where 3 were",
    });
  });
});

describe("the proof that gateways were taken away again", () => {
  const most = [...before, pod(4), pod(5)];

  it("is no more than so many that stay, and names those that went", () => {
    const now = [pod(1), pod(2), pod(4), pod(3, { terminating: true })];
    expect(judgeScaledIn(3, most, now)).to.deep.equal({
      done: true,
      value: "then 3: gw-3 (UID u3), gw-5 (UID u5) went",
    });
  });

  it("fails while one more stays", () => {
    expect(judgeScaledIn(3, most, most.slice(1))).to.deep.equal({
      done: false,
      seen: "then still 4",
    });
  });
});
