/** Every scenario, and the named lists that people run. */
import agentKill from "./agent-kill.js";
import agentOverload from "./agent-overload.js";
import agentRestart from "./agent-restart.js";
import agentRollout from "./agent-rollout.js";
import agentWithoutRetry from "./controls/agent-without-retry.js";
import backendCorrupts from "./controls/backend-corrupts.js";
import backendDelays from "./controls/backend-delays.js";
import backendDropsOneInN from "./controls/backend-drops-one-in-n.js";
import backendDropsOneSpan from "./controls/backend-drops-one-span.js";
import backendRestarts from "./controls/backend-restarts.js";
import generatorKilled from "./controls/generator-killed.js";
import backendDuplicates from "./controls/backend-duplicates.js";
import batchLongerThanRun from "./controls/batch-longer-than-run.js";
import clusteripService from "./controls/clusterip-service.js";
import killNothing from "./controls/kill-nothing.js";
import percentageChanged from "./controls/percentage-changed.js";
import queueOff from "./controls/queue-off.js";
import queueTooSmall from "./controls/queue-too-small.js";
import routingByService from "./controls/routing-by-service.js";
import gatewayKillAll from "./gateway-kill-all.js";
import gatewayKillTwice from "./gateway-kill-twice.js";
import gatewayKillTwo from "./gateway-kill-two.js";
import backendHangs from "./backend-hangs.js";
import backendsDown from "./backends-down.js";
import backendsGoneTooLong from "./backends-gone-too-long.js";
import backendsOverloaded from "./backends-overloaded.js";
import backendsReject from "./backends-reject.js";
import backendsReset from "./backends-reset.js";
import controlPlaneOutage from "./control-plane-outage.js";
import dnsOutage from "./dns-outage.js";
import dnsStale from "./dns-stale.js";
import gatewayKill from "./gateway-kill.js";
import gatewayMemoryLimiter from "./gateway-memory-limiter.js";
import gatewayOutOfMemory from "./gateway-out-of-memory.js";
import gatewayQueueFull from "./gateway-queue-full.js";
import gatewayRestartAll from "./gateway-restart-all.js";
import gatewayRestart from "./gateway-restart.js";
import gatewayRolloutBrokenImage from "./gateway-rollout-broken-image.js";
import gatewayRolloutUnready from "./gateway-rollout-unready.js";
import gatewayRollout from "./gateway-rollout.js";
import gatewayScaleByHand from "./gateway-scale-by-hand.js";
import gatewayScaleIn from "./gateway-scale-in.js";
import gatewayScaleOutReal from "./gateway-scale-out-real.js";
import gatewayScaleOut from "./gateway-scale-out.js";
import gatewayTerminateAll from "./gateway-terminate-all.js";
import gatewayTerminate from "./gateway-terminate.js";
import drainDuringRollout from "./drain-during-rollout.js";
import gatewayFreezeLong from "./gateway-freeze-long.js";
import gatewayFreezeShort from "./gateway-freeze-short.js";
import nodeCrashLong from "./node-crash-long.js";
import nodeCrashShort from "./node-crash-short.js";
import nodeDrainTwo from "./node-drain-two.js";
import nodeDrain from "./node-drain.js";
import nodeFreeze from "./node-freeze.js";
import partitionAgentsGateway from "./partition-agents-gateway.js";
import partitionGatewayBackends from "./partition-gateway-backends.js";
import partitionNodes from "./partition-nodes.js";
import partitionOneWay from "./partition-one-way.js";
import slowNetworkBandwidth from "./slow-network-bandwidth.js";
import slowNetworkDelay from "./slow-network-delay.js";
import slowNetworkLoss from "./slow-network-loss.js";
import noFaultsBusy from "./no-faults-busy.js";
import noFaults from "./no-faults.js";
import random from "./random.js";
import scaleInDuringOutage from "./scale-in-during-outage.js";
import sequenceGateways from "./sequences/sequence-gateways.js";
import sequenceNodes from "./sequences/sequence-nodes.js";
import sequenceNetwork from "./sequences/sequence-network.js";
import sequenceServices from "./sequences/sequence-services.js";
import sequenceScaling from "./sequences/sequence-scaling.js";
import sequenceMemory from "./sequences/sequence-memory.js";

export const scenarios = [
  noFaults,
  noFaultsBusy,
  gatewayKill,
  gatewayKillTwo,
  gatewayKillAll,
  gatewayKillTwice,
  gatewayRestart,
  gatewayRestartAll,
  drainDuringRollout,
  scaleInDuringOutage,
  random,
  gatewayTerminate,
  gatewayTerminateAll,
  gatewayRollout,
  gatewayRolloutBrokenImage,
  gatewayRolloutUnready,
  gatewayScaleByHand,
  gatewayScaleIn,
  gatewayScaleOut,
  gatewayScaleOutReal,
  agentOverload,
  agentKill,
  agentRestart,
  agentRollout,
  nodeDrain,
  nodeDrainTwo,
  nodeCrashShort,
  nodeCrashLong,
  nodeFreeze,
  gatewayFreezeShort,
  gatewayFreezeLong,
  partitionGatewayBackends,
  partitionAgentsGateway,
  partitionOneWay,
  partitionNodes,
  slowNetworkLoss,
  slowNetworkBandwidth,
  slowNetworkDelay,
  gatewayMemoryLimiter,
  gatewayOutOfMemory,
  gatewayQueueFull,
  backendsDown,
  backendHangs,
  backendsOverloaded,
  backendsReject,
  backendsReset,
  backendsGoneTooLong,
  dnsOutage,
  dnsStale,
  controlPlaneOutage,
  sequenceGateways,
  sequenceNodes,
  sequenceNetwork,
  sequenceServices,
  sequenceMemory,
  sequenceScaling,
  clusteripService,
  routingByService,
  percentageChanged,
  agentWithoutRetry,
  queueOff,
  queueTooSmall,
  batchLongerThanRun,
  backendDropsOneSpan,
  backendDropsOneInN,
  backendDuplicates,
  backendCorrupts,
  backendDelays,
  killNothing,
  backendRestarts,
  generatorKilled,
];

const tagged = (tag: string) => scenarios.filter((scenario) => scenario.tags.includes(tag));

export const suites = {
  smoke: tagged("smoke"),
  /** Every fault, most of them in sequences, so that a night is enough on two cores. */
  nightly: tagged("nightly"),
  /** What must pass, and the controls: a judge that misses one of them must not release anything. */
  release: tagged("release"),
  /** Deployments and backends that are known to be wrong: each must be found out. */
  controls: tagged("controls"),
  all: scenarios,
};
export type SuiteName = keyof typeof suites;
