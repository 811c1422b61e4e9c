/** Builds the observers' image from this repository, once for each content. */
import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { IMAGES } from "kind-node";
import { HarnessError } from "../model/errors.js";
import { LABELS } from "../model/ids.js";
import type { Progress } from "../model/progress.js";
import { bundleObservers } from "../observer/bundle.js";

const DOCKERFILE = join(import.meta.dirname, "../../fixtures/kit/observer/Dockerfile");
export const OBSERVER_REPOSITORY = "agent-gateway-chaos/observer";
const BUNDLES = ["generator.mjs", "backend.mjs"];
const BUILD_TIMEOUT_MS = 5 * 60_000;

/**
 * Name of the image, tagged with a hash of all that goes into it; builds it unless Docker has it.
 */
export async function ensureObserverImage(options: {
  readonly signal?: AbortSignal | undefined;
  readonly progress: Progress;
}): Promise<string> {
  const { signal, progress } = options;
  const scratch = await mkdtemp(join(tmpdir(), "chaos-observer-"));
  const cancel = signal === undefined ? {} : { cancelSignal: signal };
  try {
    progress.status("bundling the observers");
    await bundleObservers(scratch);
    await copyFile(DOCKERFILE, join(scratch, "Dockerfile"));
    const base = await execa(
      "docker",
      ["image", "inspect", "--format", "{{.Id}}", IMAGES.nodeBase],
      {
        reject: false,
        ...cancel,
      },
    );
    const image = `${OBSERVER_REPOSITORY}:${await contentHash(scratch, base.stdout)}`;
    const present = await execa("docker", ["image", "inspect", image], {
      reject: false,
      ...cancel,
    });
    if (present.exitCode === 0) return image;
    progress.status(`building ${image}`);
    const label = `${LABELS.run}=observer`;
    const args = ["build", "--network", "none", "--label", label, "--tag", image, scratch];
    const built = await execa("docker", args, {
      reject: false,
      all: true,
      timeout: BUILD_TIMEOUT_MS,
      ...cancel,
    });
    signal?.throwIfAborted();
    if (built.exitCode === 0) return image;
    throw new HarnessError("building the observers' image failed", {
      lastSeen: built.all.slice(-600),
      fix: `docker ${args.join(" ")}`,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function contentHash(dir: string, baseId: string): Promise<string> {
  const hash = createHash("sha256").update(baseId);
  for (const file of ["Dockerfile", ...BUNDLES]) hash.update(await readFile(join(dir, file)));
  return hash.digest("hex").slice(0, 16);
}
