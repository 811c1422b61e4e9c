import { expect } from "chai";
import { HarnessError } from "../model/errors.js";
import { freeBytesIn, judgeFull } from "./fill-queue-volume.js";

describe("the queue's volume", () => {
  it("has as many bytes free as df prints below its heading", () => {
    expect(freeBytesIn("    Avail\n 67043328\n")).to.equal(67_043_328);
    expect(() => freeBytesIn("Avail\n-\n")).to.throw(HarnessError, "df did not say");
  });
});

describe("the proof of a full volume", () => {
  it("is the gateway's own word that it has no room", () => {
    const log =
      'info ok\nerror {"error": "write /var/lib/otel/queue/x: no space left on device"}\n';
    expect(judgeFull("gw-1", log)).to.deep.equal({
      done: true,
      value: 'gw-1 logged "no space left on device" 1 times',
    });
    expect(judgeFull("gw-1", "info ok\n").done).to.equal(false);
  });
});
