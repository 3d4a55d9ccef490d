/**
 * Damaged files, one after the other, through the real engine that reads files: each has to end in an answer or in a
 * sentence, within a time, and the engine within a memory.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createNodeHost } from '#main/engine/host/node-host.ts';
import { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import { DriftcastError } from '#shared/errors.ts';
import { bytesOf } from '../fixtures/zarr-store.ts';
import { mutate, mutateJson, type Random, randomFrom } from './mutate.ts';
import { type Specimen, specimens } from './specimens.ts';

export interface CampaignOptions {
  seed: number;
  seconds: number;
  /** No more than so many, so that a faster machine breaks the same files. */
  files?: number;
  /** Of one kind of file alone: the same seeds damage the same files, those of other kinds are left out. */
  only?: string | undefined;
  /** Called with how many there were, now and then. */
  onProgress?: (files: number) => void;
}

export interface Finding {
  /** What reproduces it: with this seed alone the same file is made again. */
  seed: number;
  specimen: string;
  what: string;
}

export interface CampaignReport {
  files: number;
  /** How many were read all the same, and how many were refused, by the code of the error. */
  outcomes: Record<string, number>;
  slowestMilliseconds: number;
  /** Highest resident memory of the engine, bytes; null where /proc does not tell. */
  peakBytes: number | null;
  findings: Finding[];
}

const slowest = 10_000;
/** The specimens hold kilobytes: beyond this an engine has believed a header. */
const mostBytes = 600 * 2 ** 20;
const sentences = new Set(['damaged-file', 'unsupported', 'bad-input', 'not-found', 'conflict', 'disk']);

export async function fuzzCampaign({
  seed,
  seconds,
  files = Number.POSITIVE_INFINITY,
  only,
  onProgress,
}: CampaignOptions): Promise<CampaignReport> {
  const folder = await mkdtemp(join(tmpdir(), 'driftcast-fuzz-'));
  const entry = resolve(
    import.meta.dirname,
    import.meta.filename.endsWith('.ts') ? '../../../.build/main/engine.js' : 'engine.js',
  );
  const engine = new EngineSupervisor({ lane: 'files', host: createNodeHost({ entry, environment: {} }) });
  const report: CampaignReport = {
    files: 0,
    outcomes: {},
    slowestMilliseconds: 0,
    peakBytes: null,
    findings: [],
  };
  const until = Date.now() + seconds * 1000;
  try {
    const originals = await specimens(folder);
    if (only !== undefined && !originals.some(({ name }) => name === only))
      throw new Error(`There is no ${only} among ${originals.map(({ name }) => name).join(', ')}.`);
    for (let i = 0; report.files < files && Date.now() < until; i++) {
      const own = seed + i;
      const random = randomFrom(own);
      const specimen = originals[Math.floor(random() * originals.length)]!;
      if (only !== undefined && specimen.name !== only) continue;
      const path = await damage(specimen, join(folder, `${i}-${specimen.name}`), random);
      const before = Date.now();
      const what = await outcomeOf(engine, path);
      report.slowestMilliseconds = Math.max(report.slowestMilliseconds, Date.now() - before);
      report.files++;
      report.outcomes[what.split(':')[0]!] = (report.outcomes[what.split(':')[0]!] ?? 0) + 1;
      const found = (text: string) =>
        report.findings.push({ seed: own, specimen: specimen.name, what: text });
      if (what !== 'read' && !sentences.has(what.split(':')[0]!)) found(what);
      const memory = engine.pid === null ? null : await peakMemory(engine.pid);
      if (memory !== null && memory > (report.peakBytes ?? 0)) {
        report.peakBytes = memory;
        if (memory > mostBytes) found(`${Math.round(memory / 2 ** 20)} MiB of memory`);
      }
      await rm(path, { recursive: true, force: true });
      if (report.files % 200 === 0) onProgress?.(report.files);
    }
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  return report;
}

/** Writes a damaged copy. Of a folder one file is damaged, or left out. */
async function damage({ content }: Specimen, path: string, random: Random): Promise<string> {
  if (content instanceof Uint8Array) {
    await writeFile(path, mutate(content, random));
    return path;
  }
  const keys = Object.keys(content);
  const chosen = keys[Math.floor(random() * keys.length)]!;
  const leftOut = random() < 0.1;
  for (const key of keys) {
    if (key === chosen && leftOut) continue;
    const whole = bytesOf(content[key]!);
    const text = Buffer.from(whole).toString();
    const bytes =
      key !== chosen
        ? whole
        : text.startsWith('{')
          ? Buffer.from(mutateJson(text, random), 'latin1')
          : mutate(whole, random);
    await mkdir(dirname(join(path, key)), { recursive: true });
    await writeFile(join(path, key), bytes);
  }
  return path;
}

/** `read`, the code of the error, or what is wrong with how it ended, after a colon its sentence. */
async function outcomeOf(engine: EngineSupervisor<'files'>, path: string): Promise<string> {
  const stop = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, slowest);
  try {
    const summary = await engine.call(
      'inspect',
      { paths: [path], statistics: true },
      { signal: stop.signal },
    );
    const shown = summary.variables.find(({ forecastable }) => forecastable);
    if (shown)
      await engine.call(
        'field',
        { paths: [path], variable: shown.name, time: 0, slices: {} },
        { signal: stop.signal },
      );
    return 'read';
  } catch (thrown) {
    if (late) return `hung: no answer within ${slowest / 1000} s`;
    if (!(thrown instanceof DriftcastError)) return `no sentence: ${String(thrown)}`;
    return `${thrown.code}: ${thrown.message} ${thrown.details ?? ''}`;
  } finally {
    clearTimeout(timer);
  }
}

async function peakMemory(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /VmHWM:\s+(\d+)/.exec(status);
  return found ? Number(found[1]) * 1024 : null;
}
