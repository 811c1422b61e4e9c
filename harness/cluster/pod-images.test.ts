import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { imagesOf } from "./pod-images.js";

const sha = `sha256:${"ab".repeat(32)}`;
const pod = (image: string, imageID: string): V1Pod =>
  JSON.parse(
    JSON.stringify({
      spec: { containers: [{ name: "c", image }] },
      status: { containerStatuses: [{ name: "c", image: "other", imageID }] },
    }),
  ) as V1Pod;

describe("the images of pods", () => {
  it("are named as the pods name them, each once, by the digest that the node has", () => {
    const pods = [
      pod("otel/collector:0.96.0", `docker.io/otel/collector@${sha}`),
      pod("observer:1", sha),
      pod("otel/collector:0.96.0", `docker.io/otel/collector@${sha}`),
    ];
    expect(imagesOf(pods)).to.deep.equal([
      { name: "observer:1", digest: sha },
      { name: "otel/collector:0.96.0", digest: sha },
    ]);
  });

  it("of a pod that has not started are not known", () => {
    expect(imagesOf([pod("a:1", "")])).to.deep.equal([]);
  });
});
