/** What the runs of one command share: the cluster, what is known about it, and its removal. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provisionCluster, type ProvisionedCluster } from "../cluster/provision.js";
import { Interrupted } from "../model/errors.js";
import type { Progress } from "../model/progress.js";
import type { RunOptions } from "./options.js";
import { teardown } from "./teardown.js";

export interface Session {
  readonly options: RunOptions;
  readonly progress: Progress;
  /** Aborts when the user asks to stop. */
  readonly signal: AbortSignal;
  readonly cluster: ProvisionedCluster;
  /** How long provisioning took, milliseconds. */
  readonly provisionMs: number;
  /** Removes the cluster unless it is to be kept. */
  close(): Promise<void>;
}
