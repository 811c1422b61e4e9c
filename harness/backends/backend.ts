/**
 * A stand-in for Tempo, Mimir or Loki, or the audit: takes OTLP, journals who sent what, misbehaves on request.
 */
import { Behaviour, behaviourTrouble } from "../model/behaviour.js";
import { UsageError } from "../model/errors.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { SinkName } from "../model/signal.js";
import { startControlServer } from "../observer/control-server.js";
import { openJournal } from "../observer/journal.js";
import { openDoors } from "./doors.js";
import { createReceiver } from "./receiver.js";

export interface Backend {
  /** The ports that were bound, which is of interest when 0 was asked for. */
  readonly ports: { readonly grpc: number; readonly http: number; readonly control: number };
  readonly boot: string;
  readonly tornBytes: number;
  status(): BackendStatus;
  /** Stops taking requests, then ends the journal. */
  close(): Promise<void>;
}

/** Starts all three ports on `host` (0 = any port) with a journal at `journalPath`. */
export async function startBackend(options: {
  name: SinkName;
  runId: string;
  journalPath: string;
  host: string;
  ports: { grpc: number; http: number; control: number };
  /** Gets a line for each request that was not taken. */
  log: (text: string) => void;
}): Promise<Backend> {
  const { name, runId, journalPath, host, ports, log } = options;
  const journal = await openJournal({ path: journalPath, source: name, runId });
  const receiver = createReceiver(journal);
  const doors = await openDoors(receiver, { host, ports, log });
  const status = (): BackendStatus => ({ ...receiver.status(), listening: doors.isOpen() });
  const control = await startControlServer({
    host,
    port: ports.control,
    journal,
    status,
    routes: {
      "PUT /behaviour": async (body) => {
        const behaviour = parseBehaviour(body);
        await receiver.behave(behaviour);
        if (behaviour.kind === "down") doors.close();
        else await doors.open();
        return { code: 204 };
      },
    },
  });
  return {
    ports: { ...doors.ports, control: control.port },
    boot: journal.boot,
    tornBytes: journal.tornBytes,
    status,
    close: async () => {
      doors.close();
      control.close();
      await journal.close();
    },
  };
}

function parseBehaviour(body: unknown): Behaviour {
  const trouble = behaviourTrouble(body, Behaviour);
  if (trouble !== undefined) throw new UsageError(`not a behaviour: ${trouble}`);
  return Behaviour.parse(body);
}
