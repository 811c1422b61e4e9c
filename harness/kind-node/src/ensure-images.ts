/** Sees to it that Docker has the images of a run: what is there, pulled, or built. */
import { execute, run, type WorkOptions } from "./command.js";
import { buildContext, type BuildContext } from "./build/context.js";
import { buildNodeBase, buildStaticImages } from "./build/images.js";
import { buildNodeImage } from "./build/node-image.js";
import { CONTENT_LABEL } from "./content.js";
import { localImage } from "./docker.js";
import { KitError, messageOf } from "./errors.js";
import { pullImage } from "./pull.js";
import { collectorName, IMAGES, OTHER_COLLECTORS } from "./versions.js";

/**
 * `registry` pulls, `build` builds, `auto` takes what is there, then what a registry gives, and
 * builds the rest.
 */
export type ImageMode = "auto" | "registry" | "build";

export type ImageOrigin = "present" | "pulled" | "built";

export interface EnsuredImage {
  readonly name: string;
  /** The image ID, `sha256:…`. */
  readonly digest: string;
  readonly origin: ImageOrigin;
}

export interface EnsureImagesOptions extends WorkOptions {
  readonly mode: ImageMode;
  /** `host:port` of a registry that has the upstream names without their hosts. */
  readonly registryMirror?: string | undefined;
  /** Another kind node image than the default; it is taken or pulled, never built. */
  readonly nodeImage?: string | undefined;
}

/** In `auto`, a registry that is silent for so long is taken to be out of reach. */
const AUTO_ANSWER_MS = 8_000;
const REGISTRY_ANSWER_MS = 60_000;

/** The recipes, by image name. */
const RECIPES: Readonly<Record<string, (context: BuildContext) => Promise<unknown>>> = {
  [IMAGES.node]: buildNodeImage,
  [IMAGES.nodeBase]: buildNodeBase,
  [IMAGES.collector]: (context) => buildStaticImages(context, [IMAGES.collector]),
  [IMAGES.metricsServer]: (context) => buildStaticImages(context, [IMAGES.metricsServer]),
  ...Object.fromEntries(
    OTHER_COLLECTORS.map(collectorName).map((name) => [
      name,
      (context: BuildContext) => buildStaticImages(context, [name]),
    ]),
  ),
};

/**
 * Ensures the four images of a run. Throws a KitError that names the image, the command and the
 * fix. A second call with nothing changed builds nothing: built images carry the hash of what went
 * into them.
 */
export async function ensureImages(options: EnsureImagesOptions): Promise<EnsuredImage[]> {
  return ensureNamed(
    [options.nodeImage ?? IMAGES.node, IMAGES.collector, IMAGES.metricsServer, IMAGES.nodeBase],
    options,
  );
}

/**
 * The same for images of one's own choice, such as another collector's: built when it is one of the releases that the
 * kit knows, else taken or pulled. The KitError of one that is nowhere names the releases.
 */
export async function ensureNamed(
  names: readonly string[],
  options: Omit<EnsureImagesOptions, "nodeImage">,
): Promise<EnsuredImage[]> {
  const context = buildContext(options);
  const silentRegistries = new Set<string>();
  // Building runs side by side; pulling does not, so that a silent registry is asked once.
  const building: Promise<EnsuredImage>[] = [];
  const others: EnsuredImage[] = [];
  for (const name of names) {
    const found = await presentOrPulled(name, options, silentRegistries);
    if (found === undefined) building.push(build(context, name));
    else others.push(found);
  }
  const built = await Promise.all(building);
  if (built.some(({ origin }) => origin === "built")) await removeReplaced(options.signal);
  const order = (image: EnsuredImage): number => names.indexOf(image.name);
  return [...others, ...built].sort((a, b) => order(a) - order(b));
}

async function presentOrPulled(
  name: string,
  options: EnsureImagesOptions,
  silentRegistries: Set<string>,
): Promise<EnsuredImage | undefined> {
  const { mode, signal, onProgress, registryMirror } = options;
  const mayBuild = Object.hasOwn(RECIPES, name) && (await canBuild(mode, signal));
  if (mode === "build" && mayBuild) return undefined;
  const present = await localImage(name, signal);
  if (mode !== "registry" && present !== undefined) {
    // One that we built is only good while its recipe is the same, which the build finds out.
    const isCurrent = present.content === undefined || !mayBuild;
    if (isCurrent) return { name, digest: present.id, origin: "present" };
    if (registryMirror === undefined) return undefined;
  }
  if (mode === "build" && isCollector(name)) {
    throw new KitError(`Docker has no image ${name}, and it cannot be built`, {
      fix: `give one that the kit builds (${BUILT.join(", ")}), or docker load this one`,
    });
  }
  const registry = registryMirror ?? registryOf(name);
  if (mayBuild && silentRegistries.has(registry)) return undefined;
  try {
    const answerWithinMs = mayBuild ? AUTO_ANSWER_MS : REGISTRY_ANSWER_MS;
    await pullImage(name, { ...options, answerWithinMs });
  } catch (error) {
    signal?.throwIfAborted();
    if (!mayBuild) throw error;
    silentRegistries.add(registry);
    onProgress?.(`${messageOf(error)}; building it`);
    return undefined;
  }
  return { name, digest: await idOf(name, signal), origin: "pulled" };
}

const BUILT = [IMAGES.collector, ...OTHER_COLLECTORS.map(collectorName)];

const isCollector = (name: string): boolean => name.startsWith(collectorName(""));

/** In `auto`, a host without Go lives on what it has and what it can pull. */
async function canBuild(mode: ImageMode, signal: AbortSignal | undefined): Promise<boolean> {
  if (mode !== "auto") return mode === "build";
  const answer = await execute("go", ["version"], { signal }).catch(() => undefined);
  signal?.throwIfAborted();
  return answer?.exitCode === 0;
}

async function build(context: BuildContext, name: string): Promise<EnsuredImage> {
  const before = await localImage(name, context.signal);
  await RECIPES[name]?.(context);
  const digest = await idOf(name, context.signal);
  return { name, digest, origin: before?.id === digest ? "present" : "built" };
}

/** What a rebuild left without a name, of our images alone; one that a container still uses stays. */
async function removeReplaced(signal: AbortSignal | undefined): Promise<void> {
  const filter = ["--filter", `label=${CONTENT_LABEL}`];
  await run("docker", ["image", "prune", "--force", ...filter], { signal });
}

async function idOf(name: string, signal: AbortSignal | undefined): Promise<string> {
  const image = await localImage(name, signal);
  if (image === undefined) {
    throw new KitError(`Docker lost image ${name}`, { command: `docker image inspect ${name}` });
  }
  return image.id;
}

function registryOf(name: string): string {
  const first = name.split("/")[0] ?? "";
  return name.includes("/") && first.includes(".") ? first : "docker.io";
}
