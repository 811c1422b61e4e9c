import { expect } from "chai";
import { lastAddress } from "./check-egress.js";
import { redactField, redactText } from "./collect.js";
import { withoutForward } from "./coredns.js";
import { observerManifests } from "./observer-manifests.js";
import { reasonToRemove } from "./ownership.js";

describe("withoutForward", () => {
  const rest =
    ".:53 {\n    errors\n    cache 30 {\n       disable success cluster.local\n    }\n}\n";

  it("takes the block out and leaves everything else as it is", () => {
    const block = "    forward . /etc/resolv.conf {\n       max_concurrent 1000\n    }\n";
    expect(withoutForward(rest.replace("    cache", `${block}    cache`))).to.equal(rest);
  });

  it("takes a forward of one line out, and changes a closed Corefile in nothing", () => {
    const line = "    forward . /etc/resolv.conf\n";
    expect(withoutForward(rest.replace("    cache", `${line}    cache`))).to.equal(rest);
    expect(withoutForward(rest)).to.equal(rest);
  });
});

describe("lastAddress", () => {
  it("is the last usable address of the network", () => {
    expect(lastAddress("10.244.0.0/16")).to.equal("10.244.255.254");
    expect(lastAddress("10.96.0.0/12")).to.equal("10.111.255.254");
    expect(lastAddress("192.168.1.128/25")).to.equal("192.168.1.254");
    expect(lastAddress("fd00:10:244::/56")).to.equal("fd00:0010:0244:00ff:ffff:ffff:ffff:fffe");
    expect(lastAddress("fd00:10:96::/112")).to.equal("fd00:0010:0096:0000:0000:0000:0000:fffe");
  });
});

describe("reasonToRemove", () => {
  const alive = () => true;
  const dead = () => false;

  const used = { run: "r", pid: 7, process: "boot:1", expiresAtS: 100 };

  it("spares a cluster in use, however long it takes, and a kept one until it expires", () => {
    const kept = { ...used, run: "kept" };
    expect(reasonToRemove(used, 50, alive)).to.equal(undefined);
    expect(reasonToRemove(used, 100, alive)).to.equal(undefined);
    expect(reasonToRemove(kept, 50, dead)).to.equal(undefined);
    expect(reasonToRemove(kept, 100, alive)).to.equal("expired");
  });

  it("takes one whose owner is gone, is not known, or may be another process by now", () => {
    const gone = "left behind: its owner, process 7, is gone";
    expect(reasonToRemove(used, 50, dead)).to.equal(gone);
    const unnamed = { run: "r", pid: 7, expiresAtS: 100 };
    expect(reasonToRemove(unnamed, 50, alive)).to.equal(undefined);
    expect(reasonToRemove(unnamed, 100, alive)).to.equal("expired");
    const unknown = { run: "unknown", pid: 0, expiresAtS: 0 };
    expect(reasonToRemove(unknown, 50, dead)).to.equal("left behind by nobody knows whom");
  });
});

describe("collected evidence", () => {
  it("holds no secret from an environment, a field or a log", () => {
    const pod = { env: [{ name: "API_TOKEN", value: "s3cret" }], password: "s3cret", name: "gw" };
    const text = JSON.stringify(pod, redactField);
    expect(text).not.to.contain("s3cret");
    expect(text).to.contain("gw");
    expect(redactText("authorization: Bearer abc.def")).not.to.contain("abc.def");
  });

  it("leaves an ordinary text alone", () => {
    expect(redactText("dial tcp 10.96.0.1:443: connection refused")).to.equal(
      "dial tcp 10.96.0.1:443: connection refused",
    );
  });
});

describe("observerManifests", () => {
  const common = {
    ...{ image: "observer:1", namespace: "staging", runId: "r1", ownerPid: 7, expiresAtS: 99 },
  };
  const manifestsOf = (audit: boolean) =>
    observerManifests({ ...common, where: "control-plane", audit });
  const manifests = manifestsOf(false);

  it("has a Service and a Deployment of each backend, and a generator without a Service", () => {
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
    expect(names).to.deep.equal([
      "Deployment generator",
      "Deployment loki",
      "Deployment mimir",
      "Deployment tempo",
      "Service loki",
      "Service mimir",
      "Service tempo",
    ]);
  });

  it("has an audit in an audited run only", () => {
    const more = manifestsOf(true).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(more.filter((name) => !names.includes(name))).to.deep.equal([
      "Service audit",
      "Deployment audit",
    ]);
  });

  it("are in the namespace that is given, on the control plane with an image that is loaded", () => {
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).to.deep.equal(
      new Set(["staging"]),
    );
    expect(JSON.stringify(manifests)).to.contain('"imagePullPolicy":"Never"');
    expect(JSON.stringify(manifests)).to.contain("node-role.kubernetes.io/control-plane");
  });

  it("on a borrowed cluster go where there is room and pull their image", () => {
    const anywhere = JSON.stringify(
      observerManifests({ ...common, where: "anywhere", audit: true }),
    );
    expect(anywhere).to.contain('"imagePullPolicy":"IfNotPresent"').and.not.to.contain("Never");
    expect(anywhere).not.to.contain("control-plane");
  });

  it("labels everything with run, owner and expiry", () => {
    for (const { metadata } of manifests) {
      expect(Object.values(metadata.labels ?? {})).to.include.members(["r1", "7", "99"]);
    }
  });
});
