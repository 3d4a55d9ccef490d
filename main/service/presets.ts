/** Topic `presets`: the named settings in resources/presets, one JSON file each. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Preset, presetSchema } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';

/** Every preset that is whole; `onProblem` hears of the others. In order of file name. */
export async function readPresets(
  resourcesFolder: string,
  onProblem: (file: string, thrown: unknown) => void,
): Promise<Preset[]> {
  const folder = join(resourcesFolder, 'presets');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const presets: Preset[] = [];
  for (const name of names) {
    try {
      presets.push(presetSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8'))));
    } catch (thrown) {
      onProblem(name, thrown);
    }
  }
  return presets;
}

/** @throws DriftcastError `not-found` with the names there are. */
export async function findPreset(core: Core, name: string): Promise<Preset> {
  const presets = await listPresets(core);
  const preset = presets.find((candidate) => candidate.name === name);
  if (preset !== undefined) return preset;
  throw new DriftcastError(
    'not-found',
    `There is no preset "${name}".`,
    `Choose one of: ${presets.map((candidate) => candidate.name).join(', ')}.`,
  );
}

function listPresets({ resourcesFolder, log }: Core): Promise<Preset[]> {
  return readPresets(resourcesFolder, (file, thrown) =>
    log.error({ err: thrown, file }, 'A preset is broken.'),
  );
}

export function presetsTopic(core: Core) {
  return { list: core.os.presets.list.handler(() => listPresets(core)) };
}
