/**
 * The observers as Kubernetes objects: one generator, three backends and, in an audited run, the audit, all of one
 * image, on the control plane where that is ours.
 */
import { LABELS } from "../model/ids.js";
import { CONTROL_PORT } from "../model/observer-api.js";
import { AUDIT, BACKENDS, type SinkName } from "../model/signal.js";
import type { Manifest } from "./manifests.js";

export interface ObserverOptions {
  readonly image: string;
  readonly namespace: string;
  /** A borrowed cluster may show no control plane, and pulls the image: nobody has loaded it onto the nodes. */
  readonly where: "control-plane" | "anywhere";
  readonly runId: string;
  readonly ownerPid: number;
  /** Unix seconds. */
  readonly expiresAtS: number;
  /** Whether the run is audited. */
  readonly audit: boolean;
}

export const GENERATOR = "generator";
const sinksOf = (audit: boolean): readonly SinkName[] => [...BACKENDS, ...(audit ? [AUDIT] : [])];

/** Names of the Deployments, which are also the values of the label `app` of their pods. */
export const observersOf = ({ audit }: Pick<ObserverOptions, "audit">): readonly string[] => [
  GENERATOR,
  ...sinksOf(audit),
];

/** On the node that no fault chooses: what measures must not be hit by what it measures. */
export const ON_CONTROL_PLANE = {
  nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
  tolerations: [
    { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
  ],
};

/** Deployments of all observers and the Services that gateways export to. */
export function observerManifests(options: ObserverOptions): Manifest[] {
  return [
    deployment(GENERATOR, "/app/generator.mjs", options),
    ...sinksOf(options.audit).flatMap((name) => [
      service(name, options),
      deployment(name, "/app/backend.mjs", options),
    ]),
  ];
}

export const labelsOf = ({
  runId,
  ownerPid,
  expiresAtS,
}: Pick<ObserverOptions, "runId" | "ownerPid" | "expiresAtS">): Record<string, string> => ({
  [LABELS.run]: runId,
  [LABELS.owner]: String(ownerPid),
  [LABELS.expires]: String(expiresAtS),
});

const service = (name: SinkName, options: ObserverOptions): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: options.namespace, labels: labelsOf(options) },
  spec: {
    selector: { app: name },
    ports: [
      { name: "otlp-grpc", port: 4317, targetPort: 4317 },
      { name: "otlp-http", port: 4318, targetPort: 4318 },
    ],
  },
});

function deployment(name: string, program: string, options: ObserverOptions): Manifest {
  const labels = { app: name, ...labelsOf(options) };
  const env = { RUN_ID: options.runId, BACKEND_NAME: name, JOURNAL_DIR: "/journal" };
  const container = {
    name: "observer",
    image: options.image,
    imagePullPolicy: options.where === "control-plane" ? "Never" : "IfNotPresent",
    command: ["node", program],
    env: [
      ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
      // Of the cluster's address family, whichever that is.
      { name: "LISTEN_HOST", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ],
    ports: [{ name: "control", containerPort: CONTROL_PORT }],
    readinessProbe: { httpGet: { path: "/healthz", port: CONTROL_PORT }, periodSeconds: 1 },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "300Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      runAsUser: 1000,
      capabilities: { drop: ["ALL"] },
    },
    // emptyDir outlives a restart of the container, not of the pod.
    volumeMounts: [{ name: "journal", mountPath: "/journal" }],
  };
  const spec = {
    replicas: 1,
    strategy: { type: "Recreate" },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels },
      spec: {
        ...(options.where === "control-plane" ? ON_CONTROL_PLANE : {}),
        terminationGracePeriodSeconds: 2,
        securityContext: { fsGroup: 1000 },
        containers: [container],
        volumes: [{ name: "journal", emptyDir: {} }],
      },
    },
  };
  const metadata = { name, namespace: options.namespace, labels };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
}
