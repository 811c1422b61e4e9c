/**
 * The image of a kind node: Debian, kind's own files, our programs, and every image of the control
 * plane unpacked.
 */
import { chmod, copyFile, cp, mkdir } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execute, pipe, run } from "../command.js";
import { hashOf, hashOfDirectory, kitPath } from "../content.js";
import { dockerBuild } from "../docker.js";
import { KitError } from "../errors.js";
import { IMAGES, NODE_IMAGES, VERSIONS, type ProgramName } from "../versions.js";
import type { BuildContext } from "./context.js";
import { buildOnce, buildProxyImage, buildStaticImages, withBuildDirectory } from "./images.js";
import { buildPrograms, type Program } from "./programs.js";
import { buildRootFilesystem, type BuiltImage } from "./root-filesystem.js";

/** What systemd, the kubelet, kube-proxy, containerd and kind's scripts call. */
const PACKAGES = (
  "bash ca-certificates conntrack containernetworking-plugins curl ethtool iproute2 iptables " +
  "jq kmod libseccomp2 mount nftables procps runc socat systemd util-linux"
).split(" ");

/** Programs of the node, by the directory in which kind and kubeadm look for them. */
const PROGRAM_DIRECTORIES = {
  "usr/bin": ["kubeadm", "kubelet", "kubectl"],
  "usr/local/bin": ["containerd", "containerd-shim-runc-v2", "ctr", "crictl"],
} as const satisfies Record<string, readonly ProgramName[]>;

/**
 * Images that are there before a node has started: the control plane, and what every run deploys.
 */
const PRELOADED = [...Object.values(NODE_IMAGES), IMAGES.metricsServer, IMAGES.collector];

const PRELOADED_PROGRAMS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "etcd",
  "coredns",
  "metrics-server",
  "otelcol-contrib",
] as const satisfies readonly ProgramName[];

const CONTAINERD_DEADLINE_MS = 30_000;
const POLL_MS = 200;

export async function buildNodeImage(context: BuildContext): Promise<BuiltImage> {
  const names = Object.values(PROGRAM_DIRECTORIES).flat();
  const [root, programs] = await Promise.all([
    buildRootFilesystem(context, "node-root", PACKAGES),
    // All at once, so that the programs of one module come out of one go build.
    buildPrograms(context, [...names, ...PRELOADED_PROGRAMS]),
  ]);
  const images = await buildStaticImages(context, PRELOADED);
  const proxy = await buildProxyImage(context, root);
  const content = hashOf(
    "node image 1",
    root.content,
    await hashOfDirectory(kitPath("node")),
    ...names.map((name) => programs[name].content),
    ...images.map((image) => image.name + image.content),
    proxy.content,
  );
  return buildOnce(context, IMAGES.node, content, async () => {
    const suffix = randomBytes(4).toString("hex");
    const bare = `localhost/agent-gateway-chaos/node-bare:${content}`;
    const filled = `localhost/agent-gateway-chaos/node-filled:${content}`;
    await withBuildDirectory((stage) =>
      buildBare(context, stage, root, { tag: bare, content }, programs),
    );
    await preload(context, bare, filled, `agent-gateway-chaos-preload-${suffix}`);
    await withBuildDirectory(async (stage) => {
      await copyFile(kitPath("node", "final.Dockerfile"), join(stage, "Dockerfile"));
      await dockerBuild(
        { tag: IMAGES.node, content, context: stage, args: { FILLED: filled } },
        context,
      );
    });
    await run("docker", ["image", "rm", filled, bare], { signal: context.signal });
  });
}

/** The node without its images: everything that a Dockerfile can do. */
async function buildBare(
  context: BuildContext,
  stage: string,
  root: BuiltImage,
  image: { readonly tag: string; readonly content: string },
  programs: Readonly<Partial<Record<ProgramName, Program>>>,
): Promise<void> {
  const kindFiles = join(await kindSource(context), "images/base/files");
  await cp(kindFiles, join(stage, "files"), { recursive: true });
  // The module cache is read-only, and so would be its copies.
  await run("chmod", ["--recursive", "u+w", join(stage, "files")]);
  for (const [directory, names] of Object.entries(PROGRAM_DIRECTORIES)) {
    await mkdir(join(stage, "programs", directory), { recursive: true });
    for (const name of names) {
      const target = join(stage, "programs", directory, name);
      await copyFile(programs[name]?.path ?? "", target);
      await chmod(target, 0o755);
    }
  }
  await cp(kitPath("node"), stage, { recursive: true });
  const args = {
    ROOT: root.name,
    KUBERNETES_VERSION: VERSIONS.kubernetes,
    PAUSE_IMAGE: NODE_IMAGES.pause,
  };
  await dockerBuild({ ...image, context: stage, args }, context);
}

/** Where the module cache has the source of kind; downloads it when it is not there. */
async function kindSource(context: BuildContext): Promise<string> {
  const options = { cwd: kitPath("kind"), signal: context.signal };
  await run("go", ["mod", "download", "sigs.k8s.io/kind"], options);
  return run("go", ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kind"], options);
}

/**
 * Unpacks every image into the node image. containerd runs once on a volume, because an overlay
 * cannot be the upper side of another; then the unpacked snapshots move into the image itself and
 * /var keeps links to them. A node's /var is a volume that Docker fills by copying, so what lies
 * there would be copied for every node.
 */
async function preload(
  context: BuildContext,
  bare: string,
  filled: string,
  name: string,
): Promise<void> {
  const { signal } = context;
  const docker = (...args: string[]): Promise<string> => run("docker", args, { signal });
  try {
    await docker("volume", "create", name);
    const volume = ["--volume", `${name}:/stage`];
    await docker("run", "--detach", "--privileged", "--network", "none", "--name", name, ...volume,
      "--entrypoint", "sleep", bare, "infinity"); // prettier-ignore
    await docker(
      "exec",
      "--detach",
      name,
      "containerd",
      "--root",
      "/stage/containerd",
      "--log-level",
      "warn",
    );
    await waitForContainerd(name, signal);
    await pipe(
      ["docker", "save", ...PRELOADED],
      ["docker", "exec", "--interactive", name, "ctr", "--namespace", "k8s.io", "images", "import",
        "--discard-unpacked-layers", "--local", "-"],
      signal,
    ); // prettier-ignore
    await docker("exec", name, "/kind/link-snapshots.sh");
    await docker("commit", name, filled);
  } finally {
    await execute("docker", ["rm", "--force", "--volumes", name]);
    await execute("docker", ["volume", "rm", "--force", name]);
  }
}

async function waitForContainerd(
  container: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + CONTAINERD_DEADLINE_MS;
  for (;;) {
    const args = ["exec", container, "ctr", "version"];
    const { exitCode, stderr } = await execute("docker", args, { signal });
    if (exitCode === 0) return;
    if (performance.now() > deadline) {
      throw new KitError(`containerd did not start within ${CONTAINERD_DEADLINE_MS / 1000} s`, {
        stderr,
      });
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}
