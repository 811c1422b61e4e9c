/** Resolvers, routing keys and rings by release: which endpoints the collector makes, and by what it hashes. */
import { expect } from "chai";
import { parse } from "yaml";
import { routingLagMs, ringsOf, WATCH_LAG_MS } from "./epochs.js";
import type { DeploymentFacts } from "./deployment-facts.js";
import { ringShapeOf, routingOf } from "./load-balancing.js";
import { agentResolver, endpointsOf } from "./resolver.js";
import { buildRing, FIRST_RING, ownerAt, PROBED_RING, routeKeyOf } from "./ring.js";
import { mappingOf } from "./untyped.js";

const SERVICES = [
  { kind: "Service", metadata: { name: "gateways" }, spec: { clusterIP: "None" } },
  { kind: "Service", metadata: { name: "plain" }, spec: {} },
];
const IPS = ["10.244.1.5", "10.244.2.7"];
const SIX = ["fd00::1", "fd00::2"];
const image = (release: string): string => `otel/opentelemetry-collector-contrib:${release}`;
const resolver = (yaml: string, release = "0.96.0") =>
  agentResolver(mappingOf(parse(`resolver: ${yaml}`)), SERVICES, image(release));
const COREFILE = ".:53 {\n kubernetes cluster.local {\n ttl 5\n }\n cache 30\n}\n";

describe("a resolver", () => {
  it("of kind dns writes each address with the port that it is given, and IPv6 in brackets", () => {
    const bare = resolver("{ dns: { hostname: gateways.x.svc } }");
    const ported = resolver("{ dns: { hostname: gateways.x.svc, port: 4317 } }");
    expect(endpointsOf(IPS, bare)).to.deep.equal(IPS);
    expect(endpointsOf(IPS, ported)).to.deep.equal(["10.244.1.5:4317", "10.244.2.7:4317"]);
    expect(endpointsOf(SIX, bare)).to.deep.equal(["[fd00::1]", "[fd00::2]"]);
    expect(endpointsOf(SIX, ported)).to.deep.equal(["[fd00::1]:4317", "[fd00::2]:4317"]);
    expect(bare).to.deep.include({ kind: "dns", service: "gateways", headless: true });
    expect(bare.unpredictable).to.deep.equal([]);
    expect(routingLagMs(bare, COREFILE)).to.equal(5_000 + 5_000 + 1_000 + WATCH_LAG_MS);
  });

  it("of kind k8s has an endpoint for each port, and does not poll", () => {
    const bare = resolver("{ k8s: { service: plain.x } }", "0.161.0");
    const two = resolver("{ k8s: { service: plain.x, ports: [4317, 4318] } }", "0.161.0");
    expect(endpointsOf(SIX, bare)).to.deep.equal(SIX);
    expect(endpointsOf(["10.0.0.1", "fd00::1"], two)).to.have.members([
      ...["10.0.0.1:4317", "10.0.0.1:4318", "[fd00::1]:4317", "[fd00::1]:4318"],
    ]);
    expect(two).to.deep.include({ kind: "k8s", service: "plain", headless: true });
    expect(two.unpredictable).to.deep.equal([]);
    expect(routingLagMs(bare, COREFILE)).to.equal(2 * WATCH_LAG_MS);
  });

  it("of kind k8s begins its watch anew after up to 30 s in releases that ask for one of a second", () => {
    const lag = (release: string, timeout = ""): number =>
      routingLagMs(resolver(`{ k8s: { service: plain.x${timeout} } }`, release), COREFILE);
    expect(lag("0.96.0")).to.equal(30_000 + 2 * WATCH_LAG_MS);
    expect(lag("0.115.0")).to.equal(30_000 + 2 * WATCH_LAG_MS);
    expect(lag("0.115.0", ", timeout: 1m")).to.equal(2 * WATCH_LAG_MS);
    expect(lag("0.160.0")).to.equal(2 * WATCH_LAG_MS);
    expect(lag("0.160.0", ", timeout: 1s")).to.equal(30_000 + 2 * WATCH_LAG_MS);
  });

  it("of kind k8s keeps at 0.160.0, and only there, what is not ready", () => {
    const keeps = (release: string): boolean =>
      resolver("{ k8s: { service: plain.x } }", release).keepsUnready;
    expect(["0.96.0", "0.115.0", "0.160.0", "0.161.0"].map(keeps)).to.deep.equal([
      ...[false, false, true, false],
    ]);
  });

  it("of kind static keeps its list for ever, whatever the cluster shows", () => {
    const fixed = resolver(
      '{ static: { hostnames: ["10.0.0.2:4317", "10.0.0.1", "[fd00::1]:1"] } }',
    );
    expect(endpointsOf(["10.0.0.1", "10.0.0.2", "fd00::1"], fixed)).to.have.members([
      ...["10.0.0.2:4317", "10.0.0.1", "[fd00::1]:1"],
    ]);
    expect(fixed.unpredictable).to.deep.equal([]);
    expect(routingLagMs(fixed, COREFILE)).to.equal(Infinity);
    const facts = { agent: { resolver: fixed } } as unknown as DeploymentFacts;
    expect(ringsOf(facts, COREFILE, [])).to.deep.equal([
      { ips: ["10.0.0.1", "10.0.0.2", "fd00::1"], fromMs: 0, toMs: Infinity },
    ]);
    const named = resolver("{ static: { hostnames: [gateway-0.gateways:4317] } }");
    expect(named.unpredictable[0]).to.contain("gateway-0.gateways:4317 does not say which gateway");
  });

  it("that hides the gateways, or that nobody knows, says why no owner can be predicted", () => {
    const says = (yaml: string): string => resolver(yaml).unpredictable.join("; ");
    expect(says("{ dns: { hostname: plain.x.svc } }")).to.contain("not a headless Service");
    expect(says("{ k8s: { service: other.x } }")).to.contain("no Service of the deployment");
    expect(says("{ k8s: { service: plain.x, return_hostnames: true } }")).to.contain("host names");
    expect(says("{ aws_cloud_map: { namespace: x } }")).to.contain("neither dns, k8s nor static");
  });
});

describe("a routing key", () => {
  const routing = (balancing: string, release: string) =>
    routingOf(
      mappingOf(
        parse(`
exporters: { loadbalancing: ${balancing}, load_balancing/logs: { routing_key: traceID } }
service:
  pipelines:
    traces: { exporters: [loadbalancing] }
    metrics: { exporters: [loadbalancing] }
    logs: { exporters: [load_balancing/logs] }`),
      ),
      image(release),
    );

  it("is by default the trace ID of spans, and the service of metric points", () => {
    const { keys, unpredictable } = routing("{}", "0.96.0");
    expect(keys).to.deep.equal({ traces: "trace-id", metrics: "service", logs: "trace-id" });
    expect(unpredictable).to.deep.equal([]);
  });

  it("of logs is the trace ID as text in later releases, and their service when nothing is said", () => {
    expect(routing("{}", "0.161.0").keys.logs).to.equal("trace-id-text");
    const one = mappingOf(parse("{ exporters: { loadbalancing: {} } }"));
    expect(routingOf(one, image("0.161.0")).unpredictable.join()).to.contain("routed by service");
    expect(routingOf(one, image("0.150.0")).unpredictable.join()).to.contain("is not known");
  });

  it("that the record does not have makes no owner predictable", () => {
    expect(routing("{ routing_key: service }", "0.96.0").unpredictable).to.deep.equal([
      "routing_key of traces is service",
    ]);
    for (const key of ["resource", "metric", "streamID", "attributes"]) {
      expect(routing(`{ routing_key: ${key} }`, "0.161.0").unpredictable.join()).to.contain(
        `routing_key of metrics is ${key}`,
      );
    }
  });

  it("is hashed as its bytes or as its text", () => {
    expect([...routeKeyOf("logs", "0aff", "trace-id")]).to.deep.equal([0x0a, 0xff]);
    expect(Buffer.from(routeKeyOf("logs", "0aff", "trace-id-text")).toString()).to.equal("0aff");
    expect(Buffer.from(routeKeyOf("metrics", "checkout")).toString()).to.equal("checkout");
  });
});

describe("the ring of a release", () => {
  it("is that of 0.96.0 until July 2025, that of 0.161.0 since July 2026, and not known in between", () => {
    for (const old of ["0.96.0", "0.115.0", "0.129.1", "latest"]) {
      expect(ringShapeOf(image(old)), old).to.equal(FIRST_RING);
    }
    for (const between of ["0.130.0", "0.159.0"]) {
      expect(ringShapeOf(image(between)), between).to.equal(undefined);
    }
    for (const now of ["0.160.0", "0.161.0", "0.170.1"]) {
      expect(ringShapeOf(image(now)), now).to.equal(PROBED_RING);
    }
  });

  it("gives each trace to one gateway whatever kind of resolver found them", () => {
    for (const shape of [FIRST_RING, PROBED_RING]) {
      const ring = buildRing(endpointsOf(IPS, resolver("{ k8s: { service: plain.x } }")), shape);
      expect(IPS).to.include(ownerAt(ring, 0));
      expect(IPS).to.include(ownerAt(ring, shape.size - 1));
    }
  });
});
