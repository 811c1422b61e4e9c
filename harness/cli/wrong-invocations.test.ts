/** What a person may get wrong on the command line: one line that names it, exit code 64, no trace. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { callMain } from "./test-main.js";

/** Command line, environment where it matters, and what the line must say. */
const WRONG: readonly (readonly [args: string, says: string, env?: Record<string, string>])[] = [
  ["frobnicate", "unknown command 'frobnicate'"],
  ["rnu", "Did you mean run?"],
  ["run --sead 3", "unknown option '--sead' (Did you mean --seed?)"],
  ["run gateway-kil", 'unknown scenario "gateway-kil"; did you mean gateway-kill?'],
  ["run xyzzy", 'unknown scenario "xyzzy"; there are: no-faults'],
  ["run --reporter spec,dot", "only one of them can have standard output"],
  ["run --reporter nobody-has-it", "no such reporter; there are base, dot"],
  ["run --seed", "option '--seed <n>' argument missing"],
  ["run --seed -1", "--seed -1: give a whole number from 0"],
  ["run --seed 1.5", "--seed 1.5: give a whole number"],
  ["run --seed 18446744073709551616", "--seed 18446744073709551616: give a whole number"],
  ["run --grep nothing-like-it", "--grep nothing-like-it: matches no scenario"],
  ["run --grep kill --grep-invert .", "--grep kill --grep-invert .: matches no scenario"],
  ["run --grep (", "--grep (: give a regular expression"],
  ["run --grep=", "--grep : give a regular expression"],
  ["report a --waivers x.yaml", "--waivers: only beside --sign-off; give it, or drop this"],
  ["report a --strict", "--strict: only beside --sign-off"],
  ["report a --suite smoke", "--suite: only beside --sign-off"],
  ["report a --repetitions 2", "--repetitions: only beside --sign-off"],
  ["report --sign-off 1 --format html", "--format: a sign-off is always HTML and JSON; drop it"],
  ["show no/such/run", "no report.html there; give the directory of a run"],
  [
    "mutate no/such/run",
    "not a sealed history (no manifest.json); give the directory of a finished",
  ],
  ...["run --list", "matrix", "report a", "compare a --baseline", "show", "mutate"].flatMap(
    (command) =>
      ["package.json", "package.json/below"].map(
        (path) => [`${command} -o ${path}`, "is a file; give a directory"] as const,
      ),
  ),
  ["run --grep-invert [", "--grep-invert [: give a regular expression"],
  ["run --tag smok", "--tag smok: no scenario has it; there are"],
  ["run --suite nightli", "--suite nightli: give one of smoke, nightly"],
  ["run --images pull", "--images pull: give one of auto, registry, build"],
  ["run --ip-family v6", "--ip-family v6: give one of ipv4, ipv6"],
  ["run --repeat 0", "--repeat 0: give a whole number from 1"],
  ["run --repeat many", "--repeat many: give a whole number from 1"],
  ["run --repeat 1001", "--repeat 1001: give a whole number from 1 to 1000"],
  ["run --load 0", "--load 0: give seconds above 0"],
  ["run --load soon", "--load soon: give seconds above 0"],
  ["run random --minutes 0", "--minutes 0: give minutes above 0"],
  ["run random --minutes 2 --load 3", "both are the length of the load; drop one"],
  ["run gateway-kill --load 5", "--load 5: gateway-kill has a fault until 10.0 s"],
  ["run --keep-cluster=sometimes", "--keep-cluster sometimes: give always, on-failure"],
  ["run --keep-cluster=0h", "--keep-cluster 0h: give always"],
  ["run --keep-cluster --reuse-cluster x", "a reused cluster is kept as it is; drop one"],
  ["run --ip-family ipv6 --reuse-cluster x", "a reused cluster is kept as it is; drop one"],
  [
    "run gateway-kill --context staging",
    "--context staging: in namespace observability of that cluster, which is made where it is absent",
  ],
  ["run no-faults --context staging --namespace chaos", "add --i-own-this-cluster if that may be"],
  ["run --context", "option '--context <name>' argument missing"],
  ["run --context a --namespace kube-system", "--namespace kube-system: give lower-case letters"],
  ["run --context a --namespace default", "not default, and nothing that begins with kube-"],
  ["run --context a --namespace A_b", "--namespace A_b: give lower-case letters"],
  ["run --context a --observer-image --rm", "--observer-image --rm: give an image"],
  ["run --namespace chaos", "--namespace: only beside --context; give it, or drop this"],
  ["run --kubeconfig x", "--kubeconfig: only beside --context; give it, or drop this"],
  ["run --observer-image x:1", "--observer-image: only beside --context; give it, or drop this"],
  ["run --i-own-this-cluster", "--i-own-this-cluster: only beside --context"],
  ["run --context a --cluster-name b", "is neither made nor kept; drop one"],
  ["run --context a --keep-cluster", "--context and --keep-cluster: a cluster that is there"],
  ["run --context a --reuse-cluster b", "--context and --reuse-cluster: a cluster that is there"],
  ["run --context a --images build", "--context and --images: a cluster that is there already"],
  [
    "run --context a --registry-mirror m:5000",
    "--context and --registry-mirror: a cluster that is there already",
  ],
  [
    "run gateway-restart --context a --i-own-this-cluster",
    "--context a: gateway-restart cannot be run there: its fault kill-gateway (sigkill, ",
  ],
  ["run random --context a --i-own-this-cluster", "--context a: random cannot be run there"],
  ["run", "CHAOS_I_OWN_THIS_CLUSTER: there is no such option", { CHAOS_I_OWN_THIS_CLUSTER: "1" }],
  ["run --cluster-name A/B", "--cluster-name A/B: give lower-case letters"],
  ["run --registry-mirror http://x/", "--registry-mirror http://x/: give host:port"],
  ["run --log-level loud", "--log-level loud: give one of error, warn"],
  ["run -q --log-level debug", "quiet is a level itself; drop one"],
  ["run --deployment correctd", "--deployment correctd: neither a directory nor one of"],
  ["run --deployment correctd", "did you mean corrected?"],
  ["run --deployment kind-sized", "--deployment kind-sized: a component, which is laid over"],
  ["run --deployment file.yaml/below", "file.yaml/below: neither a directory nor one of"],
  ["run --deployment file.yaml", "--deployment file.yaml: a file; name it under resources"],
  ["run --deployment empty", "--deployment empty: no deployment: it has no kustomization.yaml"],
  ["run --deployment chart", "--deployment chart: a Helm chart, which Helm must render"],
  ["run --deployment left", "left/all.yaml:2: a Helm template is left in (name: {{ .Values.x }})"],
  ["run queue-off --deployment graceful", "queue-off is about a mistake in queue-off and says"],
  ["run percentage-changed --deployment graceful", "about a mistake in percentage-20"],
  ["run --collector-version new", "--collector-version new: give a version, for example"],
  ["check published --collector-version 0.96.0,0.161.0", "--collector-version: give one"],
  ["run --collector-version 0.161.0 --collector-image a/b:1", "both say which collector; drop one"],
  ["run --resume x --deployment graceful", "a resumed suite keeps its own plan; drop one"],
  ["matrix", "matrix: give --deployments, for example corrected,graceful,current"],
  ["matrix --deployments corrected,gracefull", "--deployments gracefull: neither a directory nor"],
  ["matrix --deployments corrected --from-reports --dry-run", "drop one"],
  ["run --list --dry-run", "one lists, the other plans; drop one"],
  ["run --resume 20260101T000000Z-1", "is neither a suite in"],
  ["run no-faults --resume x", "the suite says what is run; drop no-faults"],
  ["run --resume x --seed 3", "a resumed suite keeps its own plan; drop one"],
  ["run --last-failed", "no scenario's newest run failed"],
  ["list --repeat 2", "unknown option '--repeat'"],
  ["analyze", "missing required argument 'run'"],
  ["mirror http://x/", "chaos mirror http://x/: give host:port"],
  ["check", "missing required argument 'deployment'"],
  ["check publishd", "publishd: neither a file nor a directory nor one of"],
  ["check published --expected-rate 0", "--expected-rate 0: give traces a second, above 0"],
  ["check published --nodes 3", "--nodes 3: give number, CPUs and memory"],
  ["check published --existing telemetry", "--existing telemetry: give KIND/NAME"],
  ["check published --collector-image --rm", "--collector-image --rm: give an image"],
  ["doctor now", "too many arguments"],
  ["completion tcsh", "Allowed choices are bash, zsh, fish"],
  ["run", "CHAOS_SED: there is no such option; did you mean CHAOS_SEED?", { CHAOS_SED: "1" }],
  ["run", "CHAOS_DRY_RUN: there is no such option", { CHAOS_DRY_RUN: "1" }],
  ["run", "CHAOS_STRICT=yes: give true or false", { CHAOS_STRICT: "yes" }],
  ["doctor", "CHAOS_IMAGES=pull: give one of auto", { CHAOS_IMAGES: "pull" }],
  ["config --seed x", "--seed x: give a whole number"],
];

describe("a wrong command line", () => {
  let output: string;
  before(async () => {
    output = await mkdtemp(join(tmpdir(), "chaos-wrong-"));
    const files = {
      "file.yaml": "a: 1\n",
      "empty/notes.txt": "",
      "chart/Chart.yaml": "name: x\n",
      "left/kustomization.yaml": "resources: [all.yaml]\n",
      "left/all.yaml": "metadata:\n  name: {{ .Values.x }}\n",
    };
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(output, file)), { recursive: true });
      await writeFile(join(output, file), text);
    }
  });
  after(() => rm(output, { recursive: true }));

  for (const [args, says, env = {}] of WRONG) {
    const shown = [...Object.entries(env).map((pair) => pair.join("=")), "chaos", args].join(" ");
    it(`is one line: ${shown}`, async () => {
      // Nothing of the kind may reach Docker or write into the checkout.
      const surroundings = { env: { ...env, CHAOS_OUTPUT: output }, cwd: output };
      const { exitCode, out, err } = await callMain(args.split(" "), surroundings);
      expect({ exitCode, out }).to.deep.equal({ exitCode: 64, out: "" });
      expect(err).to.match(/^error: [^\n]+\n$/);
      expect(err).to.contain(says);
    });
  }

  it("is a file that cannot be loaded, named with the reason", async () => {
    await writeFile(join(output, "chaos.config.ts"), "export default {;\n");
    const { exitCode, err } = await callMain(["run", "--list"], { cwd: output });
    expect(exitCode).to.equal(64);
    expect(err).to.match(/^error: chaos.config.ts: cannot be loaded: [^\n]+\n$/);
  });
});

describe("help", () => {
  it("of every command has an example and ends well", async () => {
    const { out } = await callMain(["--help"]);
    expect(out).to.contain("130  interrupted");
    const list = out.split("Commands:")[1]!.split("Exit codes:")[0]!;
    const names = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
    const commands = names.filter((name) => name !== "help");
    expect(commands).to.include.members([
      "run",
      "list",
      "analyze",
      "config",
      "completion",
      "check",
    ]);
    for (const command of commands) {
      const help = await callMain([command, "--help"]);
      expect(help.exitCode, command).to.equal(0);
      expect(help.out, command).to.match(/\nExamples?:\n {2}(\S+=\S+ )?(source <\(npx )?chaos /);
    }
  });

  it("hides what only takes a setting back", async () => {
    const { out } = await callMain(["run", "--help"]);
    expect(out).to.contain("--strict").and.not.to.contain("--no-strict");
  });
});
