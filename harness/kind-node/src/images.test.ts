/**
 * Names through a mirror, content hashes, limits, the configuration of a cluster, and what a host
 * lacks.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { mayRaiseResources, renderConfiguration } from "./configuration.js";
import { hashOf, hashOfDirectory } from "./content.js";
import { KitError } from "./errors.js";
import { limitTo } from "./limit.js";
import { mirroredName } from "./mirror.js";
import { OWNER_MOUNT } from "./owner.js";
import { IMAGES } from "./versions.js";

describe("a registry mirror", () => {
  it("has the upstream path without the upstream host", () => {
    const names = Object.values(IMAGES).map((name) => mirroredName(name, "127.0.0.1:5000"));
    expect(names).to.deep.equal([
      "127.0.0.1:5000/kindest/node:v1.34.0",
      "127.0.0.1:5000/otel/opentelemetry-collector-contrib:0.96.0",
      "127.0.0.1:5000/metrics-server/metrics-server:v0.8.0",
      "127.0.0.1:5000/library/node:20-bookworm-slim",
    ]);
  });

  it("may have a path of its own", () => {
    expect(mirroredName("node:20", "reg.example/mirror")).to.equal(
      "reg.example/mirror/library/node:20",
    );
  });

  it("that is a URL is refused with an example", () => {
    expect(() => mirroredName("node:20", "http://127.0.0.1:5000")).to.throw(KitError, "host:port");
  });
});

describe("content hashes", () => {
  it("differ when the borders between parts move", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        expect(hashOf(a, b)).not.to.equal(hashOf(a + b, ""));
        expect(hashOf(a, b)).to.equal(hashOf(a, b));
      }),
    );
  });

  it("of a directory change with a file's content and with its name", async () => {
    const directory = await mkdtemp(join(tmpdir(), "kind-node-"));
    try {
      await mkdir(join(directory, "sub"));
      const file = join(directory, "sub", "a");
      await writeFile(file, "1");
      const first = await hashOfDirectory(directory);
      await writeFile(file, "2");
      const second = await hashOfDirectory(directory);
      await rm(file);
      await writeFile(join(directory, "sub", "b"), "1");
      const third = await hashOfDirectory(directory);
      expect(new Set([first, second, third]).size).to.equal(3);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe("a limit", () => {
  it("is reached and never passed, also when work fails", async () => {
    const limit = limitTo(2);
    let running = 0;
    let most = 0;
    const work = (index: number) =>
      limit(async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(2);
        running -= 1;
        if (index % 3 === 0) throw new Error("failed");
      }).catch(() => undefined);
    await Promise.all(Array.from({ length: 20 }, (_, index) => work(index)));
    expect(most).to.equal(2);
    expect(running).to.equal(0);
  });
});

describe("the configuration of a cluster", () => {
  it("is YAML with one control plane, the workers, the networks and our mark on each node", () => {
    const text = renderConfiguration("box", { workers: 3, ipFamily: "ipv4" }, true);
    const { nodes, networking, ...rest } = parse(text) as {
      nodes: { role: string; extraMounts: { containerPath: string; readOnly: boolean }[] }[];
      networking: unknown;
      containerdConfigPatches?: string[];
    };
    expect(nodes.map(({ role }) => role)).to.deep.equal([
      "control-plane",
      "worker",
      "worker",
      "worker",
    ]);
    for (const { extraMounts } of nodes) {
      expect(extraMounts[0]).to.include({ containerPath: OWNER_MOUNT, readOnly: true });
    }
    expect(networking).to.deep.equal({
      ipFamily: "ipv4",
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/16",
    });
    expect(rest.containerdConfigPatches).to.equal(undefined);
  });

  it("has networks of the family that is asked for", () => {
    const text = renderConfiguration("box", { workers: 1, ipFamily: "ipv6" }, true);
    expect((parse(text) as { networking: unknown }).networking).to.deep.equal({
      ipFamily: "ipv6",
      podSubnet: "fd00:10:244::/56",
      serviceSubnet: "fd00:10:96::/112",
    });
  });

  it("tells containerd not to ask for what the host cannot give", () => {
    const { containerdConfigPatches } = parse(
      renderConfiguration("box", { workers: 1, ipFamily: "ipv4" }, false),
    ) as {
      containerdConfigPatches: string[];
    };
    expect(containerdConfigPatches[0]).to.contain("restrict_oom_score_adj = true");
  });

  it("knows from the bounding set whether the host has CAP_SYS_RESOURCE", () => {
    expect(mayRaiseResources("CapBnd:\t000001ffffffffff\n")).to.equal(true);
    expect(mayRaiseResources("CapBnd:\t000001fffeffffff\n")).to.equal(false);
    expect(mayRaiseResources("")).to.equal(true);
  });
});
