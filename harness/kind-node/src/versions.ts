/** Every version of the kit, and the names of the images that follow from them. */

export const VERSIONS = {
  kind: "v0.30.0",
  /** What kind's default node image of this version has. */
  kubernetes: "v1.34.0",
  etcd: "3.6.4",
  coredns: "v1.12.1",
  pause: "3.10.1",
  /** What kind's own base image builds. */
  containerd: "v2.1.4",
  crictl: "v1.34.0",
  metricsServer: "v0.8.0",
  collector: "0.96.0",
  /** Delays what goes to a gateway where the kernel cannot. */
  toxiproxy: "v2.12.0",
  debian: "bookworm",
} as const;

/** Releases of the collector that can be built beside the one of `VERSIONS`. */
export const OTHER_COLLECTORS = ["0.115.0", "0.160.0", "0.161.0"] as const;

const CONTRIB = "otel/opentelemetry-collector-contrib";

/** The contrib distribution of a release, by the name under which the world knows it. */
export const collectorName = (version: string): string => `${CONTRIB}:${version}`;

/** The images that a run needs, by the names under which the world knows them. */
export const IMAGES = {
  node: `kindest/node:${VERSIONS.kubernetes}`,
  collector: `${CONTRIB}:${VERSIONS.collector}`,
  metricsServer: `registry.k8s.io/metrics-server/metrics-server:${VERSIONS.metricsServer}`,
  nodeBase: `node:20-${VERSIONS.debian}-slim`,
} as const;

/**
 * What `kubeadm config images list` names, and the network plugin: they live inside the node image
 * only.
 */
export const NODE_IMAGES = {
  apiServer: `registry.k8s.io/kube-apiserver:${VERSIONS.kubernetes}`,
  controllerManager: `registry.k8s.io/kube-controller-manager:${VERSIONS.kubernetes}`,
  scheduler: `registry.k8s.io/kube-scheduler:${VERSIONS.kubernetes}`,
  proxy: `registry.k8s.io/kube-proxy:${VERSIONS.kubernetes}`,
  etcd: `registry.k8s.io/etcd:${VERSIONS.etcd}-0`,
  coredns: `registry.k8s.io/coredns/coredns:${VERSIONS.coredns}`,
  pause: `registry.k8s.io/pause:${VERSIONS.pause}`,
  networkPlugin: "localhost/agent-gateway-chaos/routecni:1",
} as const;

const K8S = "k8s.io/kubernetes/cmd";

/**
 * Linker flags that stamp a Kubernetes version: kubeadm refuses a kubelet whose version it cannot
 * read.
 */
const kubernetesStamp = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap(
  (path) => [
    `-X ${path}.gitVersion=${VERSIONS.kubernetes}`,
    `-X ${path}.gitMajor=1`,
    `-X ${path}.gitMinor=34`,
    `-X ${path}.gitTreeState=clean`,
  ],
);

export interface ProgramSource {
  /** Directory below fixtures/kit that holds go.mod. */
  readonly module: string;
  /** A file beside go.mod that is used in its place, with the `.sum` of its name: one source, another release. */
  readonly modFile?: string;
  /** Import path of the main package. */
  readonly package: string;
  /** What `go build -o directory/` calls the file, when that is not the program's name. */
  readonly builtAs?: string;
  readonly linkerFlags?: readonly string[];
}

const kubernetes = (name: string): ProgramSource => ({
  module: "kubernetes",
  package: `${K8S}/${name}`,
  linkerFlags: kubernetesStamp,
});

/** Every program that is built from a Go module. */
export const PROGRAMS = {
  kubeadm: kubernetes("kubeadm"),
  kubelet: kubernetes("kubelet"),
  kubectl: kubernetes("kubectl"),
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  "kube-proxy": kubernetes("kube-proxy"),
  kind: { module: "kind", package: "sigs.k8s.io/kind" },
  etcd: { module: "etcd", package: "go.etcd.io/etcd/server/v3", builtAs: "server" },
  containerd: {
    module: "containerd",
    package: "github.com/containerd/containerd/v2/cmd/containerd",
  },
  "containerd-shim-runc-v2": {
    module: "containerd",
    package: "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
  },
  ctr: { module: "containerd", package: "github.com/containerd/containerd/v2/cmd/ctr" },
  crictl: {
    module: "crictl",
    package: "sigs.k8s.io/cri-tools/cmd/crictl",
    linkerFlags: [`-X sigs.k8s.io/cri-tools/pkg/version.Version=${VERSIONS.crictl}`],
  },
  coredns: { module: "coredns", package: "github.com/coredns/coredns" },
  "metrics-server": {
    module: "metrics-server",
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
  },
  "otelcol-contrib": { module: "collector", package: ".", builtAs: "collector" },
  "otelcol-contrib-0.115.0": { module: "collector-0.115.0", package: ".", builtAs: "collector" },
  "otelcol-contrib-0.160.0": {
    module: "collector-0.160.0",
    package: ".",
    builtAs: "collector",
    linkerFlags: ["-X main.version=0.160.0"],
  },
  "otelcol-contrib-0.161.0": {
    module: "collector-0.160.0",
    modFile: "0.161.0.mod",
    package: ".",
    builtAs: "collector",
    linkerFlags: ["-X main.version=0.161.0"],
  },
  routecni: { module: "cni", package: ".", builtAs: "cni" },
  pause: { module: "pause", package: "." },
  "toxiproxy-server": {
    module: "toxiproxy",
    package: "github.com/Shopify/toxiproxy/v2/cmd/server",
    builtAs: "server",
  },
} as const satisfies Record<string, ProgramSource>;

export type ProgramName = keyof typeof PROGRAMS;
