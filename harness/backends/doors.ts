/** The OTLP ports of a backend, which a fault may close and open again. */
import { withPort } from "../model/addresses.js";
import type { Sink } from "./grpc-sink.js";
import { startGrpcSink } from "./grpc-sink.js";
import { startHttpSink } from "./http-sink.js";
import type { Receiver } from "./receiver.js";

export interface Doors {
  /** As first bound; the same ones are bound again. */
  readonly ports: { readonly grpc: number; readonly http: number };
  isOpen(): boolean;
  /** Resolves when both ports take connections; at once when they do. */
  open(): Promise<void>;
  /** From now on connections are refused; those that are open are reset, what is on its way has no answer. */
  close(): void;
}

/** Binds both ports on `host` (0 = any port). */
export async function openDoors(
  receiver: Receiver,
  options: { host: string; ports: { grpc: number; http: number }; log: (text: string) => void },
): Promise<Doors> {
  const { host, log } = options;
  const bind = async (ports: { grpc: number; http: number }): Promise<[Sink, Sink]> => [
    await startGrpcSink(receiver, withPort(host, ports.grpc), log),
    await startHttpSink(receiver, host, ports.http, log),
  ];
  let sinks: readonly Sink[] = [];
  const [grpc, http] = await bind(options.ports);
  sinks = [grpc, http];
  const ports = { grpc: grpc.port, http: http.port };
  return {
    ports,
    isOpen: () => sinks.length > 0,
    open: async () => {
      if (sinks.length === 0) sinks = await bind(ports);
    },
    close: () => {
      for (const sink of sinks) sink.close();
      sinks = [];
    },
  };
}
