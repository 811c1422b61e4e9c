/**
 * A persistent queue outlives what it is for: its extension runs, its directory is on a volume, the volume outlives
 * the pod, and no two pods share the files.
 */
import { storageMount, storageOf } from "../../oracle/collector-config.js";
import { at, listOf, mappingOf, numberOr, textOf, type Mapping } from "../../oracle/untyped.js";
import { finding, type Check, type CheckedDeployment } from "../checked-deployment.js";
import type { Collector } from "../collectors.js";
import type { Finding } from "../finding.js";
import { POD_SPEC } from "../objects.js";
import { isBefore } from "../../oracle/release.js";
import { balancingPath } from "./resolver.js";

export const queueStorage: Check = (deployment) => [
  ...deployment.collectors.flatMap((collector) => ofCollector(collector, deployment)),
  ...sharedByGateways(deployment),
];

/** Storage extensions by ID, with the exporters whose queues they hold. */
function storages({ config }: Collector): Map<string, string[]> {
  const used = new Map<string, string[]>();
  for (const [id, settings] of Object.entries(mappingOf(config["exporters"]))) {
    const extension = textOf(at(settings, "sending_queue", "storage"));
    if (extension !== "" && at(settings, "sending_queue", "enabled") !== false) {
      used.set(extension, [...(used.get(extension) ?? []), id]);
    }
  }
  return used;
}

function ofCollector(collector: Collector, deployment: CheckedDeployment): Finding[] {
  const { config, title } = collector;
  const running = listOf(at(config, "service", "extensions")).map(textOf);
  return [...storages(collector)].flatMap(([extension, exporters]) => {
    const queues = `The queues of ${exporters.join(", ")} in ${title}`;
    const exporter = exporters[0] ?? "";
    if (!running.includes(extension)) {
      return [
        finding(
          "fatal",
          "queue-storage-missing",
          deployment.configPlace(collector, "exporters", exporter, "sending_queue", "storage"),
          `${queues} want the storage ${extension}, which service.extensions does ` +
            "not name, so the collector stops at its start.",
          `Name ${extension} under service.extensions.`,
        ),
      ];
    }
    if (extension.split("/")[0] !== "file_storage") return [];
    return ofVolume(collector, extension, queues, deployment);
  });
}

function ofVolume(
  collector: Collector,
  extension: string,
  queues: string,
  deployment: CheckedDeployment,
): Finding[] {
  const { object } = collector;
  const volume = volumeOf(collector, extension);
  const volumePlace = deployment.place(
    object,
    ...POD_SPEC,
    "volumes",
    textOf(volume?.["name"]) || 0,
  );
  const kind = storageOf(collector, extension);
  switch (kind) {
    case "memory":
      return [onContainerDisk(collector, extension, queues, deployment)];
    case "emptyDir":
      return [
        finding(
          "warning",
          "queue-on-empty-dir",
          volumePlace,
          `${queues} are on an emptyDir, which is deleted with the pod: what they ` +
            "hold is lost when a pod is evicted, rolled or scaled away.",
          "Use a StatefulSet with volumeClaimTemplates; an emptyDir only outlives a " +
            "restart of the container.",
        ),
      ];
    case "host directory":
      return [
        finding(
          "warning",
          "queue-on-host",
          volumePlace,
          `${queues} are on the node's own disk, where a pod that moves to another ` +
            "node leaves them and two pods of one node lock each other out.",
          "Use a StatefulSet with volumeClaimTemplates.",
        ),
      ];
    case "persistent volume":
      return sharedClaim(collector, queues, volume, deployment);
  }
}

/** Without a volume the directory must be in the image, or be made in what dies with the container. */
function onContainerDisk(
  collector: Collector,
  extension: string,
  queues: string,
  { configPlace }: CheckedDeployment,
): Finding {
  const made = at(collector.config, "extensions", extension, "create_directory") === true;
  return finding(
    made ? "warning" : "fatal",
    "queue-directory",
    configPlace(collector, "extensions", extension, "directory"),
    made
      ? `${queues} are on the container's own disk, which is gone when the container restarts.`
      : `${collector.title} mounts nothing at the directory of ${extension}, which ` +
          "must exist, so the collector does not start.",
    "Mount a volume there.",
  );
}

/** All replicas of a Deployment mount one and the same claim; a file of the storage opens once. */
function sharedClaim(
  { object, container, title }: Collector,
  queues: string,
  volume: Mapping | undefined,
  deployment: CheckedDeployment,
): Finding[] {
  const replicas = numberOr(at(object, "spec", "replicas"), 1);
  const mount = listOf(container["volumeMounts"])
    .map(mappingOf)
    .find(({ name }) => name === volume?.["name"]);
  const claimed = at(volume, "persistentVolumeClaim") !== undefined;
  const apart = mount?.["subPathExpr"] !== undefined;
  if (!claimed || apart || object["kind"] === "StatefulSet" || replicas < 2) return [];
  return [
    finding(
      "fatal",
      "queue-shared",
      deployment.place(object, ...POD_SPEC, "volumes", textOf(volume?.["name"])),
      `${queues} are in one volume claim that all ${String(replicas)} pods of ` +
        `${title} share, and only the first can open its files.`,
      "Use a StatefulSet with volumeClaimTemplates.",
    ),
  ];
}

function volumeOf(collector: Collector, extension: string): Mapping | undefined {
  const mount = storageMount(collector, extension);
  return listOf(collector.podSpec["volumes"])
    .map(mappingOf)
    .find(({ name }) => mount !== undefined && name === mount["name"]);
}

/** From 0.115 on the exporter has a queue of its own; before, each gateway's sub-exporter opens the same file. */
const OWN_QUEUE_SINCE = 115;

/** Measured at 0.96.0 with three gateways: two of three sub-exporters never started, and nothing arrived. */
function sharedByGateways(deployment: CheckedDeployment): Finding[] {
  const { agent } = deployment;
  const path = [...balancingPath(deployment), "protocol", "otlp", "sending_queue", "storage"];
  const set = at(agent.config, ...path.map(String)) !== undefined;
  if (!set || !isBefore(agent.image, OWN_QUEUE_SINCE)) return [];
  return [
    finding(
      "fatal",
      "sub-exporter-storage",
      deployment.configPlace(agent, ...path),
      "The sub-exporters of loadbalancing, one a gateway, share one storage file, so " +
        "all but the first never start and acknowledged telemetry goes nowhere " +
        "(opentelemetry-collector-contrib#16826).",
      "Take storage out of protocol.otlp.sending_queue.",
    ),
  ];
}
