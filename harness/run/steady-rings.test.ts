import { expect } from "chai";
import type { LookupAnswer } from "../model/observer-api.js";
import { namedInVain } from "./steady-rings.js";

describe("what DNS names in vain", () => {
  const gateways = () => ["10.244.1.2", "10.244.2.2"];
  const inTurn = (answers: readonly LookupAnswer[]) => {
    let asked = 0;
    return () => Promise.resolve(answers[asked++ % answers.length]!);
  };

  it("is nothing when every CoreDNS names gateways that are there, or has no answer yet", async () => {
    const ask = inTurn([{ addresses: gateways() }, { error: "ENOTFOUND" }]);
    expect(await namedInVain({ ask, gateways })).to.deep.equal([]);
  });

  it("is what one CoreDNS of several still has of gateways that are gone", async () => {
    const ask = inTurn([{ addresses: gateways() }, { addresses: ["10.244.1.1", "10.244.2.1"] }]);
    expect(await namedInVain({ ask, gateways })).to.deep.equal(["10.244.1.1", "10.244.2.1"]);
  });
});
