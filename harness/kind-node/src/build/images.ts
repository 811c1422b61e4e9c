/** The images that consist of one static program, and the Node base image. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, hashOf, hashOfDirectory, kitPath } from "../content.js";
import { dockerBuild, localImage } from "../docker.js";
import {
  collectorName,
  IMAGES,
  NODE_IMAGES,
  OTHER_COLLECTORS,
  type ProgramName,
} from "../versions.js";
import { timed, type BuildContext } from "./context.js";
import { importFiles, type FileSource } from "./import-directory.js";
import { buildPrograms } from "./programs.js";
import { buildRootFilesystem, type BuiltImage } from "./root-filesystem.js";

interface StaticImage {
  readonly name: string;
  readonly program: ProgramName;
  /** Where the image has the program. */
  readonly at: string;
  readonly changes: readonly string[];
  /** Text files below fixtures/kit to add: path in the image -> path in the kit. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Needs the authorities that the host trusts. */
  readonly authorities?: boolean;
}

const AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** kubeadm's manifests name the program alone, so it must lie on the PATH. */
const onPath = (name: string, program: ProgramName): StaticImage => ({
  name,
  program,
  at: `/usr/local/bin/${program}`,
  changes: ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
});

/** As the released image: same program path, default configuration, user and ports. */
const collector = (name: string, program: ProgramName): StaticImage => ({
  name,
  program,
  at: "/otelcol-contrib",
  changes: [
    'ENTRYPOINT ["/otelcol-contrib"]',
    'CMD ["--config", "/etc/otelcol-contrib/config.yaml"]',
    "USER 10001",
    "EXPOSE 4317 55678 55679",
  ],
  texts: { "/etc/otelcol-contrib/config.yaml": "collector/config.yaml" },
  authorities: true,
});

const STATIC_IMAGES: readonly StaticImage[] = [
  onPath(NODE_IMAGES.apiServer, "kube-apiserver"),
  onPath(NODE_IMAGES.controllerManager, "kube-controller-manager"),
  onPath(NODE_IMAGES.scheduler, "kube-scheduler"),
  onPath(NODE_IMAGES.etcd, "etcd"),
  {
    name: NODE_IMAGES.coredns,
    program: "coredns",
    at: "/coredns",
    changes: ['ENTRYPOINT ["/coredns"]'],
  },
  { name: NODE_IMAGES.pause, program: "pause", at: "/pause", changes: ['ENTRYPOINT ["/pause"]'] },
  {
    name: NODE_IMAGES.networkPlugin,
    program: "routecni",
    at: "/routecni",
    changes: ['ENTRYPOINT ["/routecni"]'],
  },
  {
    name: IMAGES.metricsServer,
    program: "metrics-server",
    at: "/metrics-server",
    changes: ['ENTRYPOINT ["/metrics-server"]', "USER 65534"],
    authorities: true,
  },
  collector(IMAGES.collector, "otelcol-contrib"),
  ...OTHER_COLLECTORS.map((version) =>
    collector(collectorName(version), `otelcol-contrib-${version}` as const),
  ),
];

/** Builds the images of one static program each that are missing or whose parts have changed. */
export async function buildStaticImages(
  context: BuildContext,
  names: readonly string[],
): Promise<BuiltImage[]> {
  const wanted = STATIC_IMAGES.filter(({ name }) => names.includes(name));
  // All programs are asked for at once, so that those of one module are linked by one go build.
  const programs = await buildPrograms(
    context,
    wanted.map(({ program }) => program),
  );
  return Promise.all(
    wanted.map((image) => buildStaticImage(context, image, programs[image.program])),
  );
}

async function buildStaticImage(
  context: BuildContext,
  image: StaticImage,
  program: { readonly content: string; readonly path: string },
): Promise<BuiltImage> {
  const files: Record<string, FileSource> = { [image.at]: { copyOf: program.path } };
  for (const [path, source] of Object.entries(image.texts ?? {})) {
    files[path] = { text: await readFile(kitPath(source), "utf8") };
  }
  if (image.authorities && existsSync(AUTHORITIES)) files[AUTHORITIES] = { copyOf: AUTHORITIES };
  const texts = Object.entries(files).map(
    ([path, file]) => path + ("text" in file ? file.text : ""),
  );
  const content = hashOf("static image 1", program.content, ...image.changes, ...texts);
  return buildOnce(context, image.name, content, () =>
    importFiles(files, { name: image.name, content, changes: image.changes }, context.signal),
  );
}

/**
 * kube-proxy calls iptables and conntrack, so its image is the node's root file system and the
 * program.
 */
export async function buildProxyImage(
  context: BuildContext,
  root: BuiltImage,
): Promise<BuiltImage> {
  const { "kube-proxy": program } = await buildPrograms(context, ["kube-proxy"]);
  return buildFromRoot(context, NODE_IMAGES.proxy, root, "proxy", program.content, {
    "kube-proxy": program.path,
  });
}

/** A Debian with the Node that runs this process. */
export async function buildNodeBase(context: BuildContext): Promise<BuiltImage> {
  const root = await buildRootFilesystem(context, "node-base-root", ["libstdc++6"]);
  const version = `${process.version} ${process.arch}`;
  return buildFromRoot(context, IMAGES.nodeBase, root, "node-base", version, {
    node: process.execPath,
  });
}

async function buildFromRoot(
  context: BuildContext,
  name: string,
  root: BuiltImage,
  recipe: string,
  programContent: string,
  programs: Readonly<Record<string, string>>,
): Promise<BuiltImage> {
  const directory = kitPath(recipe);
  const content = hashOf(root.content, await hashOfDirectory(directory), programContent);
  return buildOnce(context, name, content, () =>
    withBuildDirectory(async (stage) => {
      await copyFile(join(directory, "Dockerfile"), join(stage, "Dockerfile"));
      for (const [program, path] of Object.entries(programs)) {
        await copyFile(path, join(stage, program));
      }
      await dockerBuild({ tag: name, content, context: stage, args: { ROOT: root.name } }, context);
    }),
  );
}

/** Builds an image unless Docker has it with this content. */
export async function buildOnce(
  context: BuildContext,
  name: string,
  content: string,
  build: () => Promise<void>,
): Promise<BuiltImage> {
  return context.once(`image ${name}`, async () => {
    const present = await localImage(name, context.signal);
    if (present?.content !== content) await timed(context, name, build);
    return { name, content };
  });
}

/** Gives the work an empty directory and removes it afterwards. */
export async function withBuildDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  await mkdir(cacheDirectory(), { recursive: true });
  const directory = await mkdtemp(join(cacheDirectory(), "image-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
