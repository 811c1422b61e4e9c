/** Entry of a backend pod. Environment: BACKEND_NAME, RUN_ID, JOURNAL_DIR, LISTEN_HOST (an address). */
import { join } from "node:path";
import { UsageError } from "../model/errors.js";
import { CONTROL_PORT } from "../model/observer-api.js";
import { SINKS } from "../model/signal.js";
import { log, runPod, setting } from "../observer/pod.js";
import { startBackend } from "./backend.js";

runPod(async () => {
  const wanted = setting("BACKEND_NAME");
  const name = SINKS.find((sink) => sink === wanted);
  if (!name) throw new UsageError(`BACKEND_NAME=${wanted}: give one of ${SINKS.join(", ")}`);
  const backend = await startBackend({
    name,
    runId: setting("RUN_ID"),
    journalPath: join(setting("JOURNAL_DIR"), `${name}.ndjson`),
    host: setting("LISTEN_HOST"),
    ports: { grpc: 4317, http: 4318, control: CONTROL_PORT },
    log,
  });
  if (backend.tornBytes > 0) log(`cut off a torn last line of ${backend.tornBytes} bytes`);
  log(`${name} is ready, boot ${backend.boot}`);
  return backend;
});
