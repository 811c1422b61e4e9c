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
  /** The newest release that is known to lack it, and the one with which it came as far as is known: 0.`since`. */
  readonly lackedBy?: number;
  readonly since?: number;
  /** The first release that has it no more. */
  readonly gone?: number;
  /** What to write there in the releases that do not have it. */
  readonly instead?: string;
  /** The first release to which a number is no text. */
  readonly textSince?: number;
}

const BALANCING = ["exporters", "loadbalancing"];
const SAMPLING = ["processors", "tail_sampling"];

/**
 * Read in the sources at v0.96.0, v0.115.0 and v0.160.0, and refused or taken there by `validate`; the releases in
 * between are those that contrib#26490, #31583, #36094 and core#10552, #11205 lead to. What lies between two that were
 * looked at is not claimed.
 */
const SETTINGS: readonly Setting[] = [
  { path: [...BALANCING, "sending_queue"], lackedBy: 96, since: 115 },
  { path: [...BALANCING, "retry_on_failure"], lackedBy: 96, since: 115 },
  { path: [...BALANCING, "resolver", "dns", "port"], textSince: 105 },
  { path: [...SAMPLING, "decision_cache"], lackedBy: 96, since: 104 },
  { path: [...SAMPLING, "drop_pending_traces_on_shutdown"], lackedBy: 115, since: 141 },
  {
    path: ["service", "telemetry", "metrics", "address"],
    gone: 128,
    instead: "service.telemetry.metrics.readers",
  },
];

/** The exporter's other name, which it has beside the old one since contrib#48533 of May 2026. */
const NEW_NAME = "load_balancing";
const NEW_NAME_SINCE = 153;

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
      `has that name since about release 0.${String(NEW_NAME_SINCE)}, and ${image} is older`,
      "Write loadbalancing, the old name, which later releases take as well.",
    );
  }
  const generic = path.map((step, index) =>
    index === 1 ? typeOf(String(first), String(step)) : String(step),
  );
  const known = SETTINGS.find((one) => one.path.join(".") === generic.join("."));
  const { lackedBy, since = 0, gone, instead, textSince } = known ?? {};
  if (lackedBy !== undefined && isBefore(image, lackedBy + 1)) {
    return say(
      `came with about release 0.${String(since)}, and ${image} is older`,
      `Use release 0.${String(since)} or later, or remove it.`,
    );
  }
  if (gone !== undefined && isSince(image, gone)) {
    return say(
      `went with release 0.${String(gone)}, and ${image} is not older`,
      instead === undefined ? "Remove it." : `Write ${instead} in its place.`,
    );
  }
  const isNumber = typeof at(collector.config, ...path.map(String)) === "number";
  return textSince !== undefined && isNumber && isSince(image, textSince)
    ? say(
        `is a number, which is no text since release 0.${String(textSince)}, and ${image} is not older`,
        "Put it in quotation marks, which earlier releases take as well.",
      )
    : undefined;
}

function typeOf(section: string, id: string): string {
  const type = section === "service" ? id : (id.split("/")[0] ?? "");
  return section === "exporters" && type === NEW_NAME ? "loadbalancing" : type;
}
