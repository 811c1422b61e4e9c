import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { podTrouble } from "./pod-trouble.js";

const pod = (status: object): V1Pod => {
  const object: unknown = { metadata: { name: "gw-1" }, status };
  return object as V1Pod;
};
const waiting = (reason: string, more: object = {}): V1Pod =>
  pod({
    phase: "Pending",
    containerStatuses: [
      { name: "otel", ready: false, restartCount: 0, state: { waiting: { reason, ...more } } },
    ],
  });

describe("podTrouble", () => {
  it("is none for a ready pod", () => {
    const ready = pod({ conditions: [{ type: "Ready", status: "True" }] });
    expect(podTrouble(ready)).to.equal(undefined);
  });

  it("names pod, container, reason and message in one line", () => {
    const trouble = podTrouble(waiting("ContainerCreating", { message: "no such volume" }));
    expect(trouble?.line).to.equal("pod gw-1, container otel: ContainerCreating (no such volume)");
    expect(trouble?.hopeless).to.equal(false);
  });

  it("names the image that cannot be pulled and the last cause; gives up when a pull has failed", () => {
    const message = 'failed to pull image "otel:9": failed to do request: dial tcp: i/o timeout';
    const pulling = (reason: string) =>
      pod({
        containerStatuses: [
          {
            name: "otel",
            image: "otel:9",
            restartCount: 0,
            state: { waiting: { reason, message } },
          },
        ],
      });
    expect(podTrouble(pulling("ErrImagePull"))).to.deep.equal({
      line: "pod gw-1, container otel: ErrImagePull, image otel:9 cannot be pulled (i/o timeout)",
      hopeless: false,
    });
    expect(podTrouble(pulling("ImagePullBackOff"))?.hopeless).to.equal(true);
  });

  for (const reason of ["ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError"]) {
    it(`gives up on ${reason} at once`, () => {
      expect(podTrouble(waiting(reason))?.hopeless).to.equal(true);
    });
  }

  it("says how a crash-looping container ended and asks for the log of that run", () => {
    const status = {
      name: "otel",
      ready: false,
      restartCount: 3,
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting" } },
      lastState: { terminated: { exitCode: 1, reason: "Error" } },
    };
    expect(podTrouble(pod({ containerStatuses: [status] }))).to.deep.equal({
      line: "pod gw-1, container otel: CrashLoopBackOff, last exit 1 (Error), 3 restarts",
      hopeless: false,
      logOf: { container: "otel", previous: true },
    });
  });

  it("says why a pod is not scheduled", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", message: "0/4 nodes: Insufficient cpu" },
    ];
    expect(podTrouble(pod({ phase: "Pending", conditions }))?.line).to.equal(
      "pod gw-1: Pending, 0/4 nodes: Insufficient cpu",
    );
  });

  it("names a container that runs and is not ready", () => {
    const status = { name: "otel", ready: false, restartCount: 0, state: { running: {} } };
    expect(podTrouble(pod({ containerStatuses: [status] }))?.line).to.equal(
      "pod gw-1, container otel: running, not ready",
    );
  });
});
