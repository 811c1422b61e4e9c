/** Changes the pod template or the configuration of a collector tier, and puts back what was there. */
import { PatchStrategy } from "@kubernetes/client-node";
import { HarnessError } from "../model/errors.js";
import { apiMessage } from "./api-errors.js";
import type { ClusterClient } from "./client.js";
import { nameOf, type Manifest } from "./manifests.js";

export interface Tier {
  readonly namespace: string;
  readonly kind: "Deployment" | "DaemonSet";
  readonly name: string;
  readonly configMap: string;
}

/** What a template consists of as far as a fault changes it. */
export interface Template {
  readonly container: string;
  readonly image: string;
  /** When a rollout was asked for last; null when it never was. */
  readonly restartedAt: string | null;
  /** The collector's configuration, which pods read when they start. */
  readonly config: string;
}

/** The annotation that `kubectl rollout restart` sets. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
const CONFIG_KEY = "config.yaml";
const FIELD_MANAGER = "agent-gateway-chaos-fault";

/** Reads a tier's template. HarnessError when it has none of the expected shape. */
export async function readTemplate(client: ClusterClient, tier: Tier): Promise<Template> {
  const { namespace, name, kind, configMap } = tier;
  const { spec } =
    kind === "Deployment"
      ? await client.apps.readNamespacedDeployment({ namespace, name })
      : await client.apps.readNamespacedDaemonSet({ namespace, name });
  const { data } = await client.core.readNamespacedConfigMap({ namespace, name: configMap });
  const container = spec?.template.spec?.containers[0];
  const config = data?.[CONFIG_KEY];
  if (container?.image === undefined || config === undefined) {
    throw new HarnessError(
      `${kind} ${name} needs a container with an image, and ConfigMap ${configMap} the key ${CONFIG_KEY}`,
    );
  }
  const restartedAt = spec?.template.metadata?.annotations?.[RESTARTED_AT] ?? null;
  return { container: container.name, image: container.image, restartedAt, config };
}

/** Makes a tier's template and configuration what they are told to be; the controller does the rest. */
export async function writeTemplate(
  client: ClusterClient,
  { namespace, kind, name, configMap }: Tier,
  { container, image, restartedAt, config }: Template,
): Promise<void> {
  await patch(client, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name: configMap },
    data: { [CONFIG_KEY]: config },
  });
  await patch(client, {
    apiVersion: "apps/v1",
    kind,
    metadata: { namespace, name },
    spec: {
      template: {
        metadata: { annotations: { [RESTARTED_AT]: restartedAt } },
        spec: { containers: [{ name: container, image }] },
      },
    },
  });
}

/** A strategic merge patch: containers are told apart by name, null takes an annotation away. */
async function patch(client: ClusterClient, object: Manifest): Promise<void> {
  try {
    await client.objects.patch(
      object,
      undefined,
      undefined,
      FIELD_MANAGER,
      undefined,
      PatchStrategy.StrategicMergePatch,
    );
  } catch (cause) {
    throw new HarnessError(`patch ${nameOf(object)}: ${apiMessage(cause)}`, { cause });
  }
}
