/**
 * The collector knows the settings that it is given: some came with a release, and some went with one. What its own
 * `validate` refuses is told in the same words, so that it is found without the image as well.
 */
import { isBefore, isSince } from "../../oracle/release.js";
import { at, isMapping, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Collector } from "../collectors.js";
import type { Finding } from "../finding.js";
import type { Step } from "../source-documents.js";

/** A component's type stands for its ID; `loadbalancing` for both names of that exporter. */
interface Setting {
  readonly path: readonly string[];
  /** The first release that has it: 0.`since`. */
  readonly since?: number;
  /** The first release that has it no more. */
  readonly gone?: number;
  /** What to write there in the releases that do not have it. */
  readonly instead?: string;
}

const BALANCING = ["exporters", "loadbalancing"];
const SAMPLING = ["processors", "tail_sampling"];

/**
 * Read in the sources at v0.96.0, v0.115.0 and v0.160.0; the releases in between are those of the changelogs
 * (contrib#26490, #36094, #48533; core#11205 with releases 0.123 and 0.128).
 */
const SETTINGS: readonly Setting[] = [
  { path: [...BALANCING, "sending_queue"], since: 115 },
  { path: [...BALANCING, "retry_on_failure"], since: 115 },
  { path: [...SAMPLING, "decision_cache"], since: 104 },
  { path: [...SAMPLING, "decision_cache", "non_sampled_cache_size"], since: 114 },
  { path: [...SAMPLING, "drop_pending_traces_on_shutdown"], since: 141 },
  {
    path: ["service", "telemetry", "metrics", "address"],
    gone: 128,
    instead: "service.telemetry.metrics.readers",
  },
];

/** The exporter's other name, which it has beside the old one. */
const NEW_NAME = "load_balancing";
const NEW_NAME_SINCE = 154;

export const settingReleases: Check = (deployment) =>
  deployment.collectors.flatMap((collector) =>
    pathsIn(collector.config).flatMap(
      (path) => settingOfAnotherRelease(collector, deployment, path) ?? [],
    ),
  );

/** Where the configuration has a component or a setting that the table knows. */
function pathsIn(config: Mapping): string[][] {
  return SETTINGS.flatMap(({ path: [section = "", type = "", ...rest] }) => {
    const holder = config[section];
    const ids = section === "service" ? [type] : isMapping(holder) ? Object.keys(holder) : [];
    return ids
      .filter((id) => typeOf(section, id) === type)
      .flatMap((id) => [
        [section, id],
        [section, id, ...rest],
      ])
      .filter((path) => at(config, ...path) !== undefined);
  });
}

/** The finding about a path that the collector's release does not have; undefined when the table says nothing. */
export function settingOfAnotherRelease(
  collector: Collector,
  { configPlace }: CheckedDeployment,
  path: readonly Step[],
): Finding | undefined {
  const { title, image } = collector;
  const [first, id = ""] = path.map(String);
  const place = configPlace(collector, ...path);
  const refuses = `The collector of ${title} does not start: ${path.join(".")}`;
  const say = (what: string, fix: string): Finding =>
    finding("fatal", "collector-refuses", place, `${refuses} ${what}.`, fix);
  if (path.length === 2 && id.split("/")[0] === NEW_NAME && isBefore(image, NEW_NAME_SINCE)) {
    return say(
      `has that name since release 0.${String(NEW_NAME_SINCE)}, and ${image} is older`,
      "Write loadbalancing, the old name, which later releases take as well.",
    );
  }
  const generic = path.map((step, index) =>
    index === 1 ? typeOf(String(first), String(step)) : String(step),
  );
  const known = SETTINGS.find((one) => one.path.join(".") === generic.join("."));
  const { since = 0, gone = Infinity, instead } = known ?? {};
  if (known === undefined) return undefined;
  if (isBefore(image, since)) {
    return say(
      `came with release 0.${String(since)}, and ${image} is older`,
      `Use release 0.${String(since)} or later, or remove it.`,
    );
  }
  return Number.isFinite(gone) && isSince(image, gone)
    ? say(
        `went with release 0.${String(gone)}, and ${image} is not older`,
        instead === undefined ? "Remove it." : `Write ${instead} in its place.`,
      )
    : undefined;
}

function typeOf(section: string, id: string): string {
  const type = section === "service" ? id : (id.split("/")[0] ?? "");
  return section === "exporters" && type === NEW_NAME ? "loadbalancing" : type;
}
