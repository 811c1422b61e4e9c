/** --dry-run as a person calls it: the real command in a process of its own. */
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const chaos = join(import.meta.dirname, "chaos.js");
const rendered = join(import.meta.dirname, "../../fixtures/histories/deployment.yaml");

/** A module hook under which these packages cannot be loaded. */
const HOOK = `export const resolve = (name, context, next) => {
  if (/@grpc|@kubernetes|@duckdb/.test(name)) throw new Error("loads " + name);
  return next(name, context);
}`;
const inData = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;
const FORBID = inData(
  `import { register } from "node:module"; register(${JSON.stringify(inData(HOOK))});`,
);

describe("chaos run --dry-run", () => {
  let bin: string;
  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), "chaos-bin-"));
  });
  afterEach(() => rm(bin, { recursive: true }));

  const run = (node: readonly string[], chaosArgs: readonly string[]) =>
    execa(process.execPath, [...node, chaos, ...chaosArgs], {
      reject: false,
      all: true,
      env: { PATH: bin },
    });
  const dryRun = () => run(["--import", FORBID], ["dry-run", "gateway-kill", "--seed", "7"]);

  const putKubectl = async (lines: string): Promise<void> => {
    const path = join(bin, "kubectl");
    await writeFile(path, `#!/bin/sh\n${lines}\n`);
    await chmod(path, 0o755);
  };

  it("plans with the sampling of the rendered deployment; loads no gRPC, Kubernetes or database", async () => {
    const yaml = await readFile(rendered, "utf8");
    expect(yaml).to.contain("sampling_percentage: 10");
    const changed = join(bin, "deployment.yaml");
    await writeFile(changed, yaml.replace("sampling_percentage: 10", "sampling_percentage: 37"));
    await putKubectl(`test "$1" = kustomize || exit 0; /bin/cat ${changed}`);
    const { exitCode, all } = await dryRun();
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    expect(all).to.contain("37 %, decided after 30.0 s: the rendered deployment's");
    expect(all).to.contain("chaos run gateway-kill --seed 7");
  });

  it("names file and line of a deployment that is broken, without --dry-run too, before any Docker", async () => {
    const trouble = "error: MalformedYAMLError: yaml: line 3: no key in File: gateway-config.yaml";
    await putKubectl(`test "$1" = kustomize || exit 0; echo '${trouble}' >&2; exit 1`);
    for (const ended of [await dryRun(), await run([], ["run", "gateway-kill", "-o", bin])]) {
      expect(ended).to.include({ exitCode: 64 });
      expect(ended.all).to.match(/^error: .*gateway-config.yaml: yaml: line 3: no key$/m);
    }
  });

  it("prints the command with everything that the plan and the images depend on", async () => {
    const flags = ["--seed", "7", "--strict", "--no-faults", "--images", "build"];
    const { all } = await run([], ["run", "gateway-kill", "--dry-run", ...flags]);
    expect(all).to.contain(`npx chaos run gateway-kill ${flags.join(" ")}\n`);
  });

  it("names the deployment and the collector, in the plan and in the command that repeats it", async () => {
    const flags = ["--deployment", "graceful", "--collector-version", "0.161.0"];
    const { all } = await run([], ["dry-run", "gateway-kill", "--seed", "7", ...flags]);
    expect(all).to.contain(
      "deployment  graceful with otel/opentelemetry-collector-contrib:0.161.0\n",
    );
    expect(all).to.contain(
      "npx chaos run gateway-kill --seed 7 --deployment graceful --collector-version 0.161.0\n",
    );
  });

  it("has a run for each of several collectors, with one plan", async () => {
    const flags = ["--deployment", "current", "--collector-version", "0.160.0,0.161.0"];
    const { all } = await run([], ["dry-run", "gateway-kill", "--seed", "7", ...flags]);
    for (const version of ["0.160.0", "0.161.0"]) {
      expect(all).to.contain(
        `npx chaos run gateway-kill --seed 7 --deployment current --collector-version ${version}\n`,
      );
    }
  });

  it("says in a line that the deployment cannot be rendered without kubectl", async () => {
    const { exitCode, all } = await dryRun();
    expect({ exitCode, all }).to.include({ exitCode: 0 });
    expect(all).to.contain("the guide's: no kubectl to render the deployment with");
  });
});
