import { expect } from "chai";
import { ASSUMED_COREFILE } from "../cluster/borrow.js";
import { dnsCacheMs } from "../oracle/epochs.js";

describe("the DNS that is assumed of a cluster that does not show it", () => {
  it("caches for 30 s, the longest that CoreDNS does as kubeadm and kind set it up", () => {
    const host = "otel-gateway-headless.chaos.svc.cluster.local";
    expect(dnsCacheMs(ASSUMED_COREFILE, host)).to.equal(30_000);
  });
});
