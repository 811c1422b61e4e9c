/** Root file systems of Debian, made by debootstrap and kept as Docker images. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { execute, run } from "../command.js";
import { cacheDirectory, hashOf } from "../content.js";
import { localImage } from "../docker.js";
import { VERSIONS } from "../versions.js";
import { timed, type BuildContext } from "./context.js";
import { importDirectory } from "./import-directory.js";

export interface BuiltImage {
  readonly name: string;
  readonly content: string;
}

const DEBOOTSTRAP_FIX =
  "run as root, with 'apt-get install debootstrap' done and a Debian mirror in reach";

/**
 * A minimal Debian with the given packages. The name carries the content hash, so nothing is ever
 * overwritten.
 */
export async function buildRootFilesystem(
  context: BuildContext,
  what: string,
  packages: readonly string[],
): Promise<BuiltImage> {
  const content = hashOf("root file system 1", VERSIONS.debian, ...packages, process.arch);
  const image = { name: `localhost/agent-gateway-chaos/${what}:${content}`, content };
  return context.once(image.name, async () => {
    const present = await localImage(image.name, context.signal);
    if (present === undefined) {
      await timed(context, `${what} (Debian ${VERSIONS.debian})`, () =>
        debootstrap(context, image, packages),
      );
    }
    return image;
  });
}

async function debootstrap(
  context: BuildContext,
  image: BuiltImage,
  packages: readonly string[],
): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  const root = await mkdtemp(join(cacheDirectory(), "root-"));
  try {
    const mirror = await debianMirror(context);
    const include = packages.length > 0 ? [`--include=${packages.join(",")}`] : [];
    const arguments_ = ["--variant=minbase", ...include, VERSIONS.debian, root, ...mirror];
    // In a mount namespace of its own, so that the mounts inside the new root end with the process.
    const isolated = ["--mount", "--propagation", "private", "--", "debootstrap", ...arguments_];
    await run("unshare", isolated, {
      signal: context.signal,
      fix: DEBOOTSTRAP_FIX,
      onLine: (line) => context.say(`debootstrap: ${line}`),
    });
    for (const waste of ["var/cache/apt/archives", "var/lib/apt/lists", "var/log"]) {
      await rm(join(root, waste), { recursive: true, force: true });
      await mkdir(join(root, waste), { recursive: true });
    }
    await importDirectory({ directory: root, ...image }, context.signal);
  } finally {
    await run("rm", ["--recursive", "--force", "--one-file-system", root]);
  }
}

/**
 * The mirror that this host itself uses, when it is a Debian (an air-gapped network has one of its
 * own), as debootstrap's last argument. None: debootstrap takes its own default.
 */
async function debianMirror(context: BuildContext): Promise<string[]> {
  const chosen = process.env["DEBIAN_MIRROR"];
  if (chosen) return [chosen];
  const filters = ["Created-By: Packages", `Codename: ${VERSIONS.debian}`, "Origin: Debian"];
  const args = ["indextargets", "--format", "$(REPO_URI)", ...filters];
  const found = await execute("apt-get", args, { signal: context.signal }).catch(() => undefined);
  const uris = found?.exitCode === 0 ? found.stdout.split("\n") : [];
  return uris.filter((uri) => /^https?:/.test(uri)).slice(0, 1);
}
