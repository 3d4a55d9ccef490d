/** The user's settings: a file in the workspace that is replaced by the defaults when it can't be read. */
import { z } from 'zod';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from '#main/workspace/checked-json.ts';
import { type AppSettings, appSettingsSchema } from '#shared/contract/index.ts';

const storedSchema = appSettingsSchema.extend({ formatVersion: z.literal(1) });
const format: JsonFormat<z.infer<typeof storedSchema>> = {
  what: 'settings',
  version: 1,
  schema: storedSchema,
};

export async function readSettings(file: string, onProblem: (thrown: unknown) => void): Promise<AppSettings> {
  try {
    return appSettingsSchema.parse((await readJsonIfPresent(file, format)) ?? {});
  } catch (thrown) {
    onProblem(thrown);
    return appSettingsSchema.parse({});
  }
}

export function writeSettings(file: string, settings: AppSettings): Promise<void> {
  return writeJsonChecked(file, format, { formatVersion: 1, ...settings });
}

/** What the engine is told of the settings when it starts. */
export function engineEnvironment({ threads, memoryBudgetBytes }: AppSettings): Record<string, string> {
  return {
    ...(threads === null ? {} : { DRIFTCAST_THREADS: String(threads) }),
    ...(memoryBudgetBytes === null ? {} : { DRIFTCAST_MEMORY_BYTES: String(memoryBudgetBytes) }),
  };
}
