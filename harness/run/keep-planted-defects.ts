/** Keeps what planted defects showed with the run that they were planted in, and renders its reports anew. */
import type { PlantedDefects } from "../model/run-record.js";
import { analyze } from "./analyze.js";
import { readContext, writeContext } from "./context.js";

export async function keepPlantedDefects(
  runDir: string,
  defects: PlantedDefects["defects"],
): Promise<void> {
  const plantedAt = new Date().toISOString();
  const context = await readContext(runDir);
  await writeContext(runDir, { ...context, plantedDefects: { plantedAt, defects } });
  await analyze(runDir);
}
