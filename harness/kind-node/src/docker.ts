/** The few things that this package asks of Docker about images. */
import { run, execute, type WorkOptions } from "./command.js";
import { CONTENT_LABEL } from "./content.js";
import { KitError } from "./errors.js";

export interface LocalImage {
  /** The image ID, `sha256:…`. */
  readonly id: string;
  /** The content hash of an image that this package built. */
  readonly content: string | undefined;
}

interface InspectedImage {
  readonly Id: string;
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

/** The image of that name, or undefined when Docker does not have it. */
export async function localImage(
  name: string,
  signal?: AbortSignal,
): Promise<LocalImage | undefined> {
  const args = ["image", "inspect", name];
  const { exitCode, stdout, stderr } = await execute("docker", args, { signal });
  if (exitCode !== 0) {
    if (/no such image/i.test(stderr)) return undefined;
    throw new KitError(`docker does not answer: ${stderr.trim()}`, {
      command: `docker image inspect ${name}`,
    });
  }
  const [image] = JSON.parse(stdout) as InspectedImage[];
  return image && { id: image.Id, content: image.Config?.Labels?.[CONTENT_LABEL] };
}

export interface DockerBuild {
  readonly tag: string;
  readonly content: string;
  readonly context: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** Builds an image from a directory with a Dockerfile; its steps get no network. */
export async function dockerBuild(build: DockerBuild, work: WorkOptions): Promise<void> {
  const { tag, content, context, args = {} } = build;
  const buildArgs = Object.entries(args).flatMap(([key, value]) => [
    "--build-arg",
    `${key}=${value}`,
  ]);
  const options = ["--network", "none", "--label", `${CONTENT_LABEL}=${content}`];
  await run("docker", ["build", "--tag", tag, ...options, ...buildArgs, context], {
    signal: work.signal,
    // Attestations would turn a plain image into an index, which nodes cannot import.
    env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" },
  });
}
