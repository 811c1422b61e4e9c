/**
 * A stand-in for Tempo, Mimir or Loki, or the audit: takes OTLP, journals who sent what, misbehaves on request.
 */
import { BackendBehaviour, behaviourTrouble } from "../model/behaviour.js";
import { UsageError } from "../model/errors.js";
import type { BackendStatus } from "../model/observer-api.js";
import type { SinkName } from "../model/signal.js";
import { startControlServer } from "../observer/control-server.js";
import { openJournal } from "../observer/journal.js";
import { startGrpcSink } from "./grpc-sink.js";
import { startHttpSink } from "./http-sink.js";
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
  const grpcSink = await startGrpcSink(receiver, `${host}:${ports.grpc}`, log);
  const httpSink = await startHttpSink(receiver, host, ports.http, log);
  const control = await startControlServer({
    host,
    port: ports.control,
    journal,
    status: () => receiver.status(),
    routes: {
      "PUT /behaviour": async (body) => {
        await receiver.behave(parseBehaviour(body));
        return { code: 204 };
      },
    },
  });
  return {
    ports: { grpc: grpcSink.port, http: httpSink.port, control: control.port },
    boot: journal.boot,
    tornBytes: journal.tornBytes,
    status: () => receiver.status(),
    close: async () => {
      grpcSink.close();
      httpSink.close();
      control.close();
      await journal.close();
    },
  };
}

function parseBehaviour(body: unknown): BackendBehaviour {
  const trouble = behaviourTrouble(body);
  if (trouble !== undefined) throw new UsageError(`not a behaviour: ${trouble}`);
  return BackendBehaviour.parse(body);
}
