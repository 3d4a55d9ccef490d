/** Reads and changes one value deep inside settings, named by a path such as "forecaster.learningRate". */

export function readPath(settings: object, path: string): unknown {
  let here: unknown = settings;
  for (const name of path.split('.')) {
    if (here === null || typeof here !== 'object') return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

/** A copy with one value changed; everything beside the path is shared with the original. */
export function writePath<Settings extends object>(
  settings: Settings,
  path: string,
  value: unknown,
): Settings {
  const [name = '', ...rest] = path.split('.');
  const inner = (settings as Record<string, unknown>)[name];
  const next =
    rest.length === 0 ? value : writePath((inner ?? {}) as Record<string, unknown>, rest.join('.'), value);
  return { ...settings, [name]: next };
}

/** Settings are plain data with the same order of names, so their text tells. */
export function changed(before: object, after: object): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}
