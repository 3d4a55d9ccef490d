/**
 * The same numbers as xarray, file by file. Runs where DRIFTCAST_TEST_PYTHON (or python3) has xarray, netCDF4, h5netcdf
 * and zarr; DRIFTCAST_TEST_FILES adds a folder of files and stores to the shared ones.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoderOf } from '#main/data/cf/decode.ts';
import { type DataFile, type DataVariable, hasDefaultFill, product } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { sharedFolder } from '../shared-folder.ts';

const python = process.env.DRIFTCAST_TEST_PYTHON ?? 'python3';
const hasXarray =
  spawnSync(python, ['-c', 'import xarray, netCDF4, h5netcdf, zarr'], { stdio: 'ignore' }).status === 0;
if (!hasXarray)
  console.warn(`SKIPPED: ${python} has no xarray, netCDF4, h5netcdf and zarr to compare files with.`);

const shared = sharedFolder();
/** Relative, of float32 arithmetic: unpacking in float32 rounds twice. */
const tolerance = 3e-7;

const filesIn = (folder: string, wanted: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => join(folder, name));

const paths = [
  ...(shared === null
    ? []
    : [
        ...filesIn(join(shared, 'cases'), /^(?!broken_).*\.nc$/),
        ...filesIn(join(shared, 'data'), /\.(nc|h5)$/),
      ]),
  ...(process.env.DRIFTCAST_TEST_FILES === undefined ? [] : filesIn(process.env.DRIFTCAST_TEST_FILES, /./)),
];

type Index = { name: string; shape: number[]; file: string }[] | { error: string };

async function valuesOf(file: DataFile, variable: DataVariable): Promise<Float64Array> {
  const { shape } = variable;
  const values = new Float64Array(product(shape));
  const decoder = decoderOf(variable, hasDefaultFill(file));
  const inner = product(shape.slice(1));
  // An odd number of rows at a time, so that blocks and chunks do not coincide.
  const step = shape.length === 0 ? 1 : 3;
  for (let first = 0; first < (shape[0] ?? 1); first += step) {
    const rows = Math.min(step, (shape[0] ?? 1) - first);
    const start = shape.map((_, i) => (i === 0 ? first : 0));
    const count = shape.map((size, i) => (i === 0 ? rows : size));
    decoder.decode(await file.read(variable, start, count), values, first * inner);
  }
  return values;
}

function largestDifference(ours: Float64Array, theirs: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    const [a, b] = [ours[i]!, theirs[i]!];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const difference = a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(b));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

describe.skipIf(!hasXarray || paths.length === 0)('files read with xarray and with us', () => {
  it('hold the same numbers', { timeout: 600_000 }, async () => {
    const out = mkdtempSync(join(tmpdir(), 'driftcast-xarray-'));
    const report: string[] = [];
    const wrong: string[] = [];
    try {
      const program = join(import.meta.dirname, 'fixtures', 'xarray-values.py');
      const run = spawnSync(python, [program, out, ...paths], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      for (const [number, path] of paths.entries()) {
        const index = JSON.parse(readFileSync(join(out, `${number}`, 'index.json'), 'utf8')) as Index;
        if (!Array.isArray(index)) {
          report.push(`${path}: xarray refuses it (${index.error})`);
          continue;
        }
        const file = await openDataFile(path);
        let worst = 0;
        for (const { name, shape, file: values } of index) {
          const variable = file.variables.find((candidate) => candidate.path === name);
          if (!variable) {
            wrong.push(`${path}: ${name} is missing`);
            continue;
          }
          if (variable.unreadable !== undefined) {
            report.push(`${path}: ${name} ${variable.unreadable}`);
            continue;
          }
          expect(variable.shape, `${path} ${name}`).toEqual(shape);
          const bytes = readFileSync(join(out, `${number}`, values));
          const theirs = new Float64Array(
            bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
          );
          const difference = largestDifference(await valuesOf(file, variable), theirs);
          if (!(difference <= tolerance)) wrong.push(`${path}: ${name} differs by ${difference}`);
          worst = Math.max(worst, difference);
        }
        await file.close();
        report.push(`${path}: ${index.length} variables, largest difference ${worst.toExponential(1)}`);
      }
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
    console.info(report.join('\n'));
    expect(wrong).toEqual([]);
  });
});
