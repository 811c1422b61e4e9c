/** Collects what the harness itself sees during a run, in the order in which it happened. */
import type {
  FaultEvent,
  PhaseEvent,
  RunPhase,
  SelfTelemetrySample,
  TopologyEvent,
  TopologyGap,
} from "../model/history.js";
import type { Progress } from "../model/progress.js";

export interface Recorder {
  readonly phases: PhaseEvent[];
  readonly topology: TopologyEvent[];
  readonly topologyGaps: TopologyGap[];
  readonly faults: FaultEvent[];
  readonly selfTelemetry: SelfTelemetrySample[];
  /** Enters a phase, in the record and before the reader's eyes. */
  enter(phase: RunPhase): void;
}

export function recorder(progress: Progress): Recorder {
  const phases: PhaseEvent[] = [];
  return {
    phases,
    topology: [],
    topologyGaps: [],
    faults: [],
    selfTelemetry: [],
    enter: (phase) => {
      phases.push({ atMs: Date.now(), phase });
      progress.phase(phase);
    },
  };
}
