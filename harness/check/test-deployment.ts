/** A small deployment without a defect, for tests that put one in. */
import { documentsOf } from "./source-documents.js";
import type { DeploymentInput, Expectations } from "./checked-deployment.js";
import { mappingOf } from "../oracle/untyped.js";

export const HEALTHY = `apiVersion: v1
kind: Namespace
metadata: { name: telemetry }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: agent, namespace: telemetry }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: agent-config, namespace: telemetry }
data:
  config.yaml: |
    receivers:
      otlp:
        protocols: { grpc: { endpoint: "0.0.0.0:4317" } }
    exporters:
      loadbalancing:
        protocol:
          otlp:
            tls: { insecure: true }
        resolver:
          dns:
            hostname: gateways.telemetry.svc.cluster.local
            port: "4317"
    extensions:
      health_check:
        endpoint: 0.0.0.0:13133
    service:
      extensions: [health_check]
      telemetry:
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] }
      pipelines:
        traces:
          receivers: [otlp]
          exporters: [loadbalancing]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: gateway-config, namespace: telemetry }
data:
  config.yaml: |
    receivers:
      otlp:
        protocols:
          grpc:
            endpoint: 0.0.0.0:4317
    processors:
      memory_limiter:
        check_interval: 1s
        limit_mib: 700
      tail_sampling:
        decision_wait: 20s
        num_traces: 42000
        policies: [{ name: all, type: always_sample }]
    exporters:
      otlp:
        endpoint: backend:4317
        sending_queue:
          storage: file_storage
    extensions:
      health_check:
        endpoint: 0.0.0.0:13133
      file_storage:
        directory: /queue
    service:
      extensions: [health_check, file_storage]
      telemetry:
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] }
      pipelines:
        traces:
          receivers: [otlp]
          processors: [memory_limiter, tail_sampling]
          exporters: [otlp]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: telemetry }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      serviceAccountName: agent
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.150.0
          args: ["--config=/etc/otel/config.yaml"]
          resources:
            requests: { cpu: 200m, memory: 256Mi }
            limits: { cpu: "1" }
          livenessProbe:
            httpGet: { path: /, port: 13133 }
          volumeMounts:
            - { name: config, mountPath: /etc/otel }
      volumes:
        - name: config
          configMap: { name: agent-config }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: gateway, namespace: telemetry }
spec:
  replicas: 3
  serviceName: gateways
  selector: { matchLabels: { app: gateway } }
  template:
    metadata: { labels: { app: gateway } }
    spec:
      terminationGracePeriodSeconds: 90
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.150.0
          args: ["--config=/etc/otel/config.yaml"]
          ports:
            - { name: health, containerPort: 13133 }
            - { name: metrics, containerPort: 8888 }
          lifecycle:
            preStop:
              sleep: { seconds: 45 }
          resources:
            requests: { cpu: "1", memory: 1Gi }
            limits: { memory: 1Gi }
          readinessProbe:
            httpGet:
              port: health
          volumeMounts:
            - { name: config, mountPath: /etc/otel }
            - { name: queue, mountPath: /queue }
      volumes:
        - name: config
          configMap: { name: gateway-config }
  volumeClaimTemplates:
    - metadata: { name: queue }
---
apiVersion: v1
kind: Service
metadata: { name: gateways, namespace: telemetry }
spec:
  clusterIP: None
  selector: { app: gateway }
  ports:
    - { name: otlp, port: 4317 }
    - { name: metrics, port: 8888 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: gateways, namespace: telemetry }
spec:
  minAvailable: 2
  selector: { matchLabels: { app: gateway } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: gateways, namespace: telemetry }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: gateway }
  minReplicas: 3
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: 60 }
`;

/** A text to replace, which must be there, and what takes its place. */
export type Change = readonly [from: string | RegExp, to: string];

export const changed = (text: string, changes: readonly Change[]): string =>
  changes.reduce((yaml, [from, to]) => {
    const result = yaml.replace(from, to);
    if (result === yaml) throw new Error(`the deployment has no ${String(from)}`);
    return result;
  }, text);

/** One file of manifests as the command reads it. */
export function inputOf(text: string, expectations: Expectations = {}): DeploymentInput {
  const file = { file: "all.yaml", text };
  const objects = documentsOf(file).map(({ value }) => mappingOf(value));
  const origins = new Map(objects.map((object) => [object, file.file]));
  return { source: "all.yaml", objects, origins, files: [file], beside: [], expectations };
}
