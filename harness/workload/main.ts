/** Entry of the generator's pod. Environment: RUN_ID, JOURNAL_DIR, LISTEN_HOST (an address). */
import { join } from "node:path";
import { CONTROL_PORT } from "../model/observer-api.js";
import { log, runPod, setting } from "../observer/pod.js";
import { startGenerator } from "./generator.js";

runPod(async (fatal) => {
  const generator = await startGenerator({
    runId: setting("RUN_ID"),
    journalPath: join(setting("JOURNAL_DIR"), "generator.ndjson"),
    host: setting("LISTEN_HOST"),
    controlPort: CONTROL_PORT,
    onFatal: fatal,
  });
  if (generator.tornBytes > 0) log(`cut off a torn last line of ${generator.tornBytes} bytes`);
  log(`generator is ready, boot ${generator.boot}`);
  return generator;
});
