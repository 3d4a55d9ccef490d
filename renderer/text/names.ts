/** Short names for what carries a long one in the contract. */
import type { Preset } from '#shared/domain/settings.ts';

/** "Sea surface temperature, small" → "Small": the system is known from the dataset. */
export function presetTitle(preset: Preset): string {
  const short = preset.title.split(', ').at(-1) ?? preset.title;
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/** From the quickest to the published one. */
export function presetOrder(a: Preset, b: Preset): number {
  const sizes = ['tiny', 'small', 'paper'];
  const rank = (preset: Preset) => {
    const at = sizes.findIndex((size) => preset.name.endsWith(size));
    return at < 0 ? sizes.length : at;
  };
  return rank(a) - rank(b) || a.name.localeCompare(b.name);
}

/** A method's title without its explanation in brackets, for legends and narrow tables. */
export function methodTitle(title: string): string {
  return title.replace(/ \([^)]*\)$/, '');
}

export function backendName(name: string): string {
  const known: Record<string, string> = {
    'tensorflow-cpu': 'TensorFlow CPU',
    'tensorflow-cuda': 'TensorFlow CUDA',
    'tensorflow-gpu': 'TensorFlow GPU',
    javascript: 'JavaScript',
    'javascript-cpu': 'JavaScript',
    'tfjs-cpu': 'JavaScript',
  };
  return known[name] ?? name;
}
