/** Topic `system`: what runs here and why the rest does not, and the user's settings. */
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { z } from 'zod';
import type { AppSettings } from '#shared/contract/index.ts';
import type { BackendReport, Doctor } from '#shared/domain/system.ts';
import { toErrorData } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { readSettings, writeSettings } from './settings.ts';

const part = z.object({ available: z.boolean(), reason: z.string() });
/** What the set-up wrote down; an older or newer one may know less. */
const setupSchema = z.object({
  tensorflow: part.extend({ version: z.string().optional() }).optional().catch(undefined),
  binding: part.optional().catch(undefined),
  electron: part.optional().catch(undefined),
});
type Setup = z.infer<typeof setupSchema>;

async function readSetup(file: string): Promise<Setup> {
  try {
    return setupSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/** Where TensorFlow is missing, the set-up knows better than the engine why. */
function explain(backend: BackendReport, setup: Setup): BackendReport {
  if (backend.available || !backend.name.startsWith('tensorflow')) return backend;
  const missing = [setup.tensorflow, setup.binding].find((found) => found?.available === false);
  return missing === undefined ? backend : { ...backend, reason: missing.reason };
}

async function examine(core: Core, setupFile: string): Promise<Doctor> {
  const setup = await readSetup(setupFile);
  const electronVersion = process.versions.electron;
  const common = {
    electron:
      electronVersion === undefined
        ? (setup.electron ?? { available: false, reason: 'The set-up has not looked for Electron yet.' })
        : { available: true, reason: `The window runs in Electron ${electronVersion}.` },
    workspace: core.workspace.folder,
    memoryBytes: totalmem(),
  };
  const versions: Record<string, string> = { driftcast: core.version, node: process.versions.node };
  if (setup.tensorflow?.available && setup.tensorflow.version)
    versions.libtensorflow = setup.tensorflow.version;
  try {
    const engine = await core.compute.call('describe', {});
    return {
      ...common,
      backends: engine.backends.map((backend) => explain(backend, setup)),
      versions: { ...versions, ...engine.versions },
      threads: engine.threads,
    };
  } catch (thrown) {
    // That nothing computes is just what a doctor has to be able to say.
    const { message, hint } = toErrorData(thrown);
    const reason = [message, hint].filter((text) => text !== '').join(' ');
    const backends = [{ name: 'engine', available: false, active: false, reason }];
    return { ...common, backends, versions, threads: 0 };
  }
}

export function systemTopic(core: Core, setupFile: string) {
  const file = core.workspace.settingsFile;
  const read = (): Promise<AppSettings> =>
    readSettings(file, (thrown) => core.log.warn({ err: thrown }, 'The settings could not be read.'));

  return {
    doctor: core.os.system.doctor.handler(() => examine(core, setupFile)),
    settings: core.os.system.settings.handler(read),
    changeSettings: core.os.system.changeSettings.handler(async ({ input }) => {
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const settings = { ...(await read()), ...given };
      await writeSettings(file, settings);
      return settings;
    }),
  };
}
