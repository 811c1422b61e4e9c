/** Each rule finds the defect that is put into a healthy deployment, at its line, and nothing else. */
import { expect } from "chai";
import { UsageError } from "../model/errors.js";
import { checkDeployment } from "./check-deployment.js";
import type { Expectations } from "./checked-deployment.js";
import type { Finding } from "./finding.js";
import { changed, HEALTHY, inputOf, type Change } from "./test-deployment.js";

interface Planted {
  readonly defect: string;
  readonly changes?: readonly Change[];
  readonly expectations?: Expectations;
  /** `fatal probe-port`; none: the change is no defect. */
  readonly found: readonly string[];
  /** What stands on the line of the first. */
  readonly on?: string;
}

const AGENT_IMAGE: Change = [/(name: collector\n +image: \S+):0.150.0/, "$1:0.96.0"];
const GATEWAY_IMAGE: Change = [/([\s\S]*image: \S+):0.150.0/, "$1:0.96.0"];
const AS_DEPLOYMENT: readonly Change[] = [
  ["kind: StatefulSet\n", "kind: Deployment\n"],
  ["kind: StatefulSet, ", "kind: Deployment, "],
  [/ +volumeClaimTemplates:\n.*\n/, ""],
];
const queueOn = (volume: string): Change => [
  "        - name: config\n          configMap: { name: gateway-config }",
  `        - name: queue\n          ${volume}\n        - name: config\n          configMap: { name: gateway-config }`,
];

/** The k8s resolver, with a Role for the agents, or with a binding to a role that is nowhere. */
const WATCHING = (group: string, resource: string, kind = "Role"): readonly Change[] => [
  [/dns:\n +hostname: \S+\n +port: "4317"/, "k8s: { service: gateways.telemetry }"],
  [
    /$/,
    `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: watches, namespace: telemetry }
rules: [{ apiGroups: ["${group}"], resources: [${resource}], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: watches, namespace: telemetry }
subjects: [{ kind: ServiceAccount, name: agent, namespace: telemetry }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: watches }
`,
  ],
];

const PLANTED: readonly Planted[] = [
  {
    defect: "no Namespace",
    changes: [[/apiVersion: v1\nkind: Namespace\n.*\n---\n/, ""]],
    found: ["fatal missing-namespace"],
    on: "name: agent, namespace: telemetry",
  },
  {
    defect: "no Namespace, which the cluster has",
    changes: [[/apiVersion: v1\nkind: Namespace\n.*\n---\n/, ""]],
    expectations: { existing: ["Namespace/telemetry"] },
    found: [],
  },
  {
    defect: "agents that watch the API server and may not",
    changes: [[/dns:\n +hostname: \S+\n +port: "4317"/, "k8s: { service: gateways.telemetry }"]],
    found: ["fatal resolver-access"],
    on: "k8s: { service: gateways.telemetry }",
  },
  {
    defect: "agents that may watch what another release watched",
    changes: [...WATCHING("", "endpoints"), [/:0.150.0/, ":0.161.0"]],
    found: ["fatal resolver-access"],
    on: "k8s: { service: gateways.telemetry }",
  },
  {
    defect: "agents that may watch what their release watches",
    changes: [...WATCHING("discovery.k8s.io", "endpointslices"), [/:0.150.0/, ":0.161.0"]],
    found: [],
  },
  {
    defect: "agents that watch and keep what is not ready",
    changes: [...WATCHING("discovery.k8s.io", "endpointslices"), [/:0.150.0/, ":0.160.0"]],
    found: ["warning keeps-unready"],
    on: "k8s: { service: gateways.telemetry }",
  },
  {
    defect: "agents that may watch, by a role that the cluster has",
    changes: [...WATCHING("", "endpoints", "ClusterRole")],
    found: [],
  },
  {
    defect: "a ServiceAccount of another name",
    changes: [["serviceAccountName: agent", "serviceAccountName: agents"]],
    found: ["fatal missing-service-account"],
    on: "serviceAccountName: agents",
  },
  {
    defect: "a ConfigMap of another namespace",
    changes: [
      ["name: gateway-config, namespace: telemetry", "name: gateway-config, namespace: default"],
    ],
    found: ["fatal missing-config-map", "warning configuration-not-mounted"],
    on: "configMap: { name: gateway-config }",
  },
  {
    defect: "a ConfigMap without the file that the collector reads",
    changes: [
      [
        "  config.yaml: |\n    receivers:\n      otlp:\n        protocols:\n",
        "  relay.yaml: |\n    receivers:\n      otlp:\n        protocols:\n",
      ],
    ],
    found: ["fatal missing-config-file", "warning configuration-not-mounted"],
    on: "data:",
  },
  {
    defect: "a Secret that something else may make",
    changes: [
      [
        "          resources:\n            requests: { cpu: 200m",
        "          envFrom: [{ secretRef: { name: key } }]\n          resources:\n            requests: { cpu: 200m",
      ],
    ],
    found: ["warning missing-secret"],
    on: "secretRef",
  },
  {
    defect: "a probe of a port that nothing serves",
    changes: [["port: 13133 }\n          volume", "port: 13134 }\n          volume"]],
    found: ["fatal probe-port"],
    on: "port: 13134",
  },
  {
    defect: "a health check that the service section does not name",
    changes: [["extensions: [health_check]", "extensions: []"]],
    found: ["fatal probe-port"],
    on: "port: 13133 }",
  },
  {
    defect: "a probe by the name of no port",
    changes: [["port: health", "port: healthz"]],
    found: ["fatal probe-port"],
    on: "port: healthz",
  },
  {
    defect: "a health check on localhost",
    changes: [["endpoint: 0.0.0.0:13133", "endpoint: localhost:13133"]],
    found: ["fatal probe-port"],
    on: "endpoint: localhost:13133",
  },
  {
    defect: "a health check without an address, which is everywhere before 0.104",
    changes: [AGENT_IMAGE, ["health_check:\n        endpoint: 0.0.0.0:13133", "health_check:"]],
    found: ["note empty-ring"],
  },
  {
    defect: "a health check without an address, which is localhost since",
    changes: [["health_check:\n        endpoint: 0.0.0.0:13133", "health_check:"]],
    found: ["fatal probe-port"],
    on: "health_check:",
  },
  {
    defect: "a health check on a port that only the pod knows",
    changes: [["endpoint: 0.0.0.0:13133", "endpoint: ${env:HEALTH}"]],
    found: [],
  },
  {
    defect: "a probe of another path than the health check's",
    changes: [["endpoint: 0.0.0.0:13133", 'endpoint: 0.0.0.0:13133\n        path: "/health"']],
    found: ["fatal probe-path"],
    on: "path: /, port: 13133",
  },
  {
    defect: "a liveness probe of 1 s on a quarter of a CPU",
    changes: [['limits: { cpu: "1" }', "limits: { cpu: 250m }"]],
    found: ["warning liveness-timeout"],
    on: "livenessProbe",
  },
  {
    defect: "agents that resolve a ClusterIP Service",
    changes: [["  clusterIP: None\n", ""]],
    found: ["fatal cluster-ip-service"],
    on: "hostname: gateways.telemetry",
  },
  {
    defect: "agents that resolve no Service of the deployment",
    changes: [["hostname: gateways.telemetry", "hostname: gateway.telemetry"]],
    found: ["fatal resolver-service"],
    on: "hostname: gateway.telemetry",
  },
  {
    defect: "agents that resolve a Service of another namespace",
    changes: [["hostname: gateways.telemetry", "hostname: gateways.default"]],
    found: ["fatal resolver-service"],
    on: "hostname: gateways.default",
  },
  {
    defect: "a resolver without a name",
    changes: [[/ +hostname:.*\n/, ""]],
    found: ["fatal resolver-service"],
    on: "dns:",
  },
  {
    defect: "a headless Service that selects other pods",
    changes: [["selector: { app: gateway }\n  ports", "selector: { app: gateways }\n  ports"]],
    found: ["fatal service-selects-nothing"],
    on: "selector: { app: gateways }",
  },
  {
    defect: "a Service that gives out gateways that are not ready",
    changes: [["clusterIP: None", "clusterIP: None\n  publishNotReadyAddresses: true"]],
    found: ["warning not-ready-addresses"],
    on: "publishNotReadyAddresses",
  },
  {
    defect: "a resolver's port that no gateway serves",
    changes: [['            port: "4317"', '            port: "4320"']],
    found: ["fatal resolver-port", "warning service-port"],
    on: 'port: "4320"',
  },
  {
    defect: "a Service with another port than the resolver's",
    changes: [["name: otlp, port: 4317", "name: otlp, port: 14317"]],
    found: ["warning service-port"],
    on: "ports:",
  },
  {
    defect: "gateways that take OTLP on localhost only",
    changes: [["            endpoint: 0.0.0.0:4317", "            endpoint: 127.0.0.1:4317"]],
    found: ["fatal resolver-port"],
    on: "endpoint: 127.0.0.1:4317",
  },
  {
    defect: "a static resolver",
    changes: [[/dns:\n.*\n.*port: "4317"/, "static: { hostnames: [a, b] }"]],
    found: ["warning static-resolver"],
    on: "static:",
  },
  {
    defect: "agents with TLS before gateways without",
    changes: [["tls: { insecure: true }", "tls: {}"]],
    found: ["fatal tls-mismatch"],
    on: "tls: {}",
  },
  {
    defect: "gateways with TLS behind agents without",
    changes: [
      [
        "            endpoint: 0.0.0.0:4317",
        "            endpoint: 0.0.0.0:4317\n            tls: { cert_file: /c }",
      ],
    ],
    found: ["fatal tls-mismatch"],
    on: "tls: { cert_file",
  },
  {
    defect: "a queue on an emptyDir",
    changes: [...AS_DEPLOYMENT, queueOn("emptyDir: {}")],
    found: ["warning queue-on-empty-dir"],
    on: "- name: queue",
  },
  {
    defect: "a queue on the node's disk",
    changes: [...AS_DEPLOYMENT, queueOn("hostPath: { path: /queue }")],
    found: ["warning queue-on-host"],
    on: "- name: queue",
  },
  {
    defect: "a queue in one claim for all",
    changes: [...AS_DEPLOYMENT, queueOn("persistentVolumeClaim: { claimName: queue }")],
    expectations: { existing: ["PersistentVolumeClaim/queue"] },
    found: ["fatal queue-shared"],
    on: "- name: queue",
  },
  {
    defect: "a queue in a claim that nobody makes",
    changes: [
      ...AS_DEPLOYMENT,
      ["replicas: 3", "replicas: 1"],
      ["minReplicas: 3", "minReplicas: 1"],
      ["minAvailable: 2", "minAvailable: 0"],
      queueOn("persistentVolumeClaim: { claimName: queue }"),
    ],
    found: ["fatal missing-persistent-volume-claim"],
    on: "claimName: queue",
  },
  {
    defect: "a queue's directory on no volume",
    changes: [["mountPath: /queue", "mountPath: /other"]],
    found: ["fatal queue-directory"],
    on: "directory: /queue",
  },
  {
    defect: "a storage that the service section does not name",
    changes: [["[health_check, file_storage]", "[health_check]"]],
    found: ["fatal queue-storage-missing"],
    on: "storage: file_storage",
  },
  {
    defect: "a storage under the loadbalancing exporter at 0.96.0",
    changes: [
      AGENT_IMAGE,
      [
        "            tls: { insecure: true }",
        "            tls: { insecure: true }\n            sending_queue: { storage: file_storage }",
      ],
    ],
    found: ["fatal sub-exporter-storage", "note empty-ring"],
    on: "sending_queue: { storage",
  },
  {
    defect: "a decision_wait longer than the grace period",
    changes: [["decision_wait: 20s", "decision_wait: 100s"]],
    found: ["warning grace-too-short"],
    on: "terminationGracePeriodSeconds: 90",
  },
  {
    defect: "gateways that forget undecided traces when they stop",
    changes: [GATEWAY_IMAGE],
    found: ["warning undecided-traces"],
    on: "decision_wait",
  },
  {
    defect: "no preStop",
    changes: [[/ +lifecycle:\n.*\n.*\n/, ""]],
    found: ["warning no-pre-stop"],
    on: "- name: collector",
  },
  {
    defect: "no preStop behind agents that watch the API instead of DNS",
    changes: [[/ +lifecycle:\n.*\n.*\n/, ""], ...WATCHING("discovery.k8s.io", "endpointslices")],
    found: [],
  },
  {
    defect: "a preStop shorter than the agents' look-up",
    changes: [["seconds: 45", "seconds: 5"]],
    found: ["warning pre-stop-too-short"],
    on: "seconds: 5",
  },
  {
    defect: "a preStop as long as the grace period",
    changes: [["seconds: 45", "seconds: 90"]],
    found: ["warning pre-stop-too-long"],
    on: "seconds: 90",
  },
  {
    defect: "a preStop that runs what the image does not have",
    changes: [["sleep: { seconds: 45 }", 'exec: { command: ["sleep", "45"] }']],
    found: ["warning pre-stop-command"],
    on: "exec:",
  },
  {
    defect: "a budget that selects nothing",
    changes: [
      [
        "minAvailable: 2\n  selector: { matchLabels: { app: gateway }",
        "minAvailable: 2\n  selector: { matchLabels: { app: gate }",
      ],
    ],
    found: ["warning pdb-selects-nothing"],
    on: "selector: { matchLabels: { app: gate }",
  },
  {
    defect: "a budget by an expression that holds",
    changes: [
      [
        "minAvailable: 2\n  selector: { matchLabels: { app: gateway }",
        "minAvailable: 2\n  selector: { matchExpressions: [{ key: app, operator: In, values: [gateway] }]",
      ],
    ],
    found: [],
  },
  {
    defect: "a budget that the API refuses",
    changes: [["minAvailable: 2", "minAvailable: 2\n  maxUnavailable: 1"]],
    found: ["fatal pdb-refused"],
    on: "maxUnavailable: 1",
  },
  {
    defect: "a budget that lets no pod go",
    changes: [["minAvailable: 2", "minAvailable: 100%"]],
    found: ["warning pdb-blocks-evictions"],
    on: "minAvailable: 100%",
  },
  {
    defect: "an autoscaler of nothing",
    changes: [["kind: StatefulSet, name: gateway", "kind: Deployment, name: gateway"]],
    found: ["warning hpa-selects-nothing"],
    on: "scaleTargetRef",
  },
  {
    defect: "an autoscaler with its bounds the wrong way round",
    changes: [["maxReplicas: 6", "maxReplicas: 2"]],
    found: ["fatal hpa-refused", "warning hpa-contradicts-replicas"],
    on: "maxReplicas: 2",
  },
  {
    defect: "an autoscaler of a removed version",
    changes: [["autoscaling/v2\n", "autoscaling/v2beta2\n"]],
    found: ["fatal hpa-refused"],
    on: "autoscaling/v2beta2",
  },
  {
    defect: "an autoscaler by a request that is not there",
    changes: [['requests: { cpu: "1", memory: 1Gi }', "requests: { memory: 1Gi }"]],
    found: ["warning hpa-without-request"],
    on: "name: cpu",
  },
  {
    defect: "replicas that the autoscaler takes back",
    changes: [["replicas: 3", "replicas: 2"]],
    found: ["warning hpa-contradicts-replicas"],
    on: "replicas: 2",
  },
  {
    defect: "a request above its limit",
    changes: [["limits: { memory: 1Gi }", 'limits: { memory: 1Gi, cpu: "0.5" }']],
    found: ["fatal request-above-limit"],
    on: "requests:",
  },
  {
    defect: "gateways that do not fit on the nodes",
    expectations: { nodes: { count: 2, cpus: 2, memoryBytes: 8 * 2 ** 30 } },
    found: ["fatal requests"],
    on: 'requests: { cpu: "1"',
  },
  {
    defect: "an autoscaler that may ask for more than fits",
    expectations: { nodes: { count: 2, cpus: 3, memoryBytes: 8 * 2 ** 30 } },
    found: ["warning requests"],
  },
  {
    defect: "nodes with room for all",
    expectations: { nodes: { count: 3, cpus: 3, memoryBytes: 8 * 2 ** 30 } },
    found: [],
  },
  {
    defect: "metrics on localhost although a port is declared",
    changes: [[/([\s\S]*)metrics: \{ readers: .* \}/, "$1metrics: {}"]],
    found: ["warning metrics-port"],
    on: "name: metrics, containerPort: 8888",
  },
  {
    defect: "metrics on an address that the release does not know any more",
    changes: [[/([\s\S]*)metrics: \{ readers: .* \}/, '$1metrics: { address: "0.0.0.0:8888" }']],
    found: ["fatal collector-refuses", "warning metrics-port"],
    on: "metrics: { address:",
  },
  {
    defect: "metrics on an address that the release takes and does not use",
    changes: [
      [/metrics: \{ readers: .* \}/, 'metrics: { address: "0.0.0.0:8888" }'],
      [/(name: collector\n +image: \S+):0.150.0/, "$1:0.125.0"],
    ],
    found: ["note metrics-port"],
    on: "metrics: { address:",
  },
  {
    defect: "a port as a number, where the release wants a text",
    changes: [['port: "4317"', "port: 4317"]],
    found: ["fatal collector-refuses"],
    on: "port: 4317",
  },
  {
    defect: "a port as a number, where the release takes it for a text",
    changes: [
      ['port: "4317"', "port: 4317"],
      [/(name: collector\n +image: \S+):0.150.0/, "$1:0.104.0"],
    ],
    found: [],
  },
  {
    defect: "agents with the new name of their exporter before it had it",
    changes: [
      ["      loadbalancing:", "      load_balancing:"],
      ["exporters: [loadbalancing]", "exporters: [load_balancing]"],
    ],
    found: ["fatal collector-refuses"],
    on: "load_balancing:",
  },
  {
    defect: "a setting of tail sampling before it was there",
    changes: [
      ["decision_wait: 20s", "decision_wait: 20s\n        drop_pending_traces_on_shutdown: true"],
      [/([\s\S]*image: \S+):0.150.0/, "$1:0.115.0"],
    ],
    found: ["fatal collector-refuses", "warning undecided-traces"],
    on: "drop_pending_traces_on_shutdown",
  },
  {
    defect: "a setting of tail sampling in a release that nobody has looked at",
    changes: [
      ["decision_wait: 20s", "decision_wait: 20s\n        drop_pending_traces_on_shutdown: false"],
      [/([\s\S]*image: \S+):0.150.0/, "$1:0.140.0"],
    ],
    found: ["warning undecided-traces"],
  },
  {
    defect: "metrics that are switched off",
    changes: [[/metrics: \{ readers: .* \}/, "metrics: { level: none }"]],
    found: ["warning metrics-off"],
    on: "level: none",
  },
  {
    defect: "no Service with the port of the metrics",
    changes: [[/ +- \{ name: metrics, port: 8888 \}\n/, ""]],
    found: ["note metrics-service"],
    on: "ports:",
  },
  {
    defect: "more traces than num_traces holds",
    expectations: { tracesPerSecond: 6_001 },
    found: ["fatal num-traces"],
    on: "num_traces: 42000",
  },
  {
    defect: "more traces than num_traces holds with one gateway away",
    expectations: { tracesPerSecond: 4_001 },
    found: ["warning num-traces"],
  },
  {
    defect: "traces that just fit with one gateway away",
    expectations: { tracesPerSecond: 4_000 },
    found: [],
  },
  {
    defect: "a memory limiter at the container's limit",
    changes: [["limit_mib: 700", "limit_mib: 1024"]],
    found: ["warning memory-limit"],
    on: "limit_mib: 1024",
  },
  {
    defect: "metrics by service name at 0.96.0",
    changes: [
      AGENT_IMAGE,
      [
        "        traces:\n          receivers: [otlp]\n          exporters: [loadbalancing]",
        "        metrics:\n          receivers: [otlp]\n          exporters: [loadbalancing]",
      ],
    ],
    found: ["note empty-ring", "note metrics-without-service"],
  },
  {
    defect: "traces that are routed by service name",
    changes: [["      loadbalancing:\n", "      loadbalancing:\n        routing_key: service\n"]],
    found: ["fatal routing-key"],
    on: "routing_key: service",
  },
  {
    defect: "metrics that are routed by service name",
    changes: [
      ["      loadbalancing:\n", "      loadbalancing:\n        routing_key: service\n"],
      ["        traces:\n", "        metrics:\n"],
    ],
    found: [],
  },
  {
    defect: "a sub-exporter that does not retry",
    changes: [
      [
        "            tls: { insecure: true }",
        "            tls: { insecure: true }\n            retry_on_failure: { enabled: false }",
      ],
    ],
    found: ["warning no-retry"],
    on: "retry_on_failure: { enabled: false }",
  },
  {
    defect: "an exporter that does not retry",
    changes: [
      [
        "        sending_queue:\n",
        "        retry_on_failure:\n          enabled: false\n        sending_queue:\n",
      ],
    ],
    found: ["warning no-retry"],
    on: "enabled: false",
  },
  {
    defect: "an image of the core distribution",
    changes: [[/([\s\S]*)-contrib:0.150.0/, "$1:0.150.0"]],
    found: ["fatal collector-image"],
    on: "image: otel/opentelemetry-collector:0.150.0",
  },
];

const findingsOf = async (
  changes: readonly Change[] = [],
  expectations: Expectations = {},
): Promise<{ text: string; findings: readonly Finding[] }> => {
  const text = changed(HEALTHY, changes);
  const { findings } = await checkDeployment(inputOf(text, expectations), () =>
    Promise.resolve({ kind: "accepted" }),
  );
  return { text, findings };
};

/** What is asked for rather than wrong, when no rate and no nodes are given. */
const ASKING = ["num-traces", "requests"];

describe("the rules of a check", () => {
  it("find nothing in a healthy deployment", async () => {
    const { findings } = await findingsOf();
    expect(findings.map(({ severity, check }) => `${severity} ${check}`).sort()).to.deep.equal(
      ASKING.map((check) => `note ${check}`),
    );
  });

  for (const { defect, changes, expectations, found, on } of PLANTED) {
    it(`${found.length === 0 ? "accept" : "find"} ${defect}`, async () => {
      const { text, findings } = await findingsOf(changes, expectations);
      const told = findings.filter(
        ({ severity, check }) => severity !== "note" || !ASKING.includes(check),
      );
      expect(told.map(({ severity, check }) => `${severity} ${check}`)).to.deep.equal(found);
      if (on !== undefined) expect(text.split("\n")[told[0]!.place.line - 1]).to.contain(on);
      for (const { why, fix } of told) {
        expect(why).to.match(/^[^\n]+\.$/);
        expect(fix).to.match(/^[^\n]+\.$/);
      }
    });
  }
});

describe("what is no deployment of one agent and one gateway tier", () => {
  const refusal = async (changes: readonly Change[]): Promise<string> => {
    try {
      await findingsOf(changes);
    } catch (thrown) {
      expect(thrown).to.be.instanceOf(UsageError);
      return (thrown as UsageError).message;
    }
    return "accepted";
  };

  it("is named: no agents, two agent tiers, no gateways, no collector", async () => {
    const noExporter: Change = ["exporters: [loadbalancing]", "exporters: [otlp]"];
    expect(await refusal([noExporter])).to.match(/^all.yaml: no agents: no pipeline of /);
    const second: Change = [/([\s\S]*)exporters: \[otlp\]/, "$1exporters: [loadbalancing]"];
    expect(await refusal([second])).to.match(
      /^all.yaml: two agent tiers, DaemonSet\/agent and StatefulSet\/gateway: each has/,
    );
    const noGateway: Change = [/(image: otel\S+\n.*args): .*\n(.*ports)/, "$1: []\n$2"];
    expect(await refusal([noGateway])).to.match(
      /^all.yaml: no gateways: DaemonSet\/agent is the only/,
    );
    const none: readonly Change[] = [
      [/args: .*/, "args: []"],
      [/args: \["--.*/, "args: []"],
    ];
    expect(await refusal(none)).to.match(/^all.yaml: no deployment: no DaemonSet/);
  });

  it("is a configuration that is not YAML, by its line in the manifest", async () => {
    const broken: Change = ["decision_wait: 20s", 'decision_wait: "20s'];
    expect(await refusal([broken])).to.match(/^all.yaml:5\d: /);
  });
});
