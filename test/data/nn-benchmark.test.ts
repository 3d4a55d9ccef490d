/** Folders in the layout of nn-benchmark: what our own exporter writes, and others' with all their liberties. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { attributeText, type DataFile } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { exportNnBenchmark } from '#main/data/nnBenchmark/export.ts';
import { npyFile, npyValues, parseNpyHeader } from '#main/data/nnBenchmark/npy.ts';
import { findVariable } from '#main/data/openFile.ts';
import { createSimulationWriter } from '#main/data/simulationWriter.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const counted = (size: number, step = 1) => Float64Array.from({ length: size }, (_, i) => i * step);

interface Sizes {
  trajectories: number;
  frames: number;
  rows: number;
  columns: number;
}

/** Value of a variable at a place: all different, and exact in float32. */
const valueAt = (variable: number, trajectory: number, frame: number, row: number, column: number) =>
  variable + 8 * (trajectory + 4 * (frame + 16 * (row + 8 * column)));

/** A file as a simulator's, with values of {@link valueAt}. */
async function simulated(
  path: string,
  system: 'spring-mesh' | 'navier-stokes',
  { trajectories, frames, rows, columns }: Sizes,
): Promise<void> {
  const names = system === 'spring-mesh' ? ['px', 'py', 'qx', 'qy'] : ['vx', 'vy', 'p'];
  const masks = system === 'spring-mesh' ? ['fixed_mask'] : ['fixed_mask', 'obstacle_mask'];
  const cells = rows * columns;
  const writer = await createSimulationWriter(path, {
    variables: names.map((name) => ({ name, longName: name, standardName: '', units: '1' })),
    time: { name: 'time', values: counted(frames, 0.25), attributes: { axis: 'T', units: 's' } },
    space: [
      { name: 'y', values: counted(rows), attributes: { axis: 'Y', units: '1' } },
      { name: 'x', values: counted(columns), attributes: { axis: 'X', units: '1' } },
    ],
    tables:
      system === 'navier-stokes'
        ? []
        : [
            {
              name: 'edges',
              dims: [
                { name: 'edge', size: 2 },
                { name: 'end', size: 2 },
              ],
              attributes: {},
              // Cells [row, column]: (0, 0) with (0, 1), (0, 0) with (1, 0).
              values: Int32Array.of(0, 1, 0, columns),
            },
          ],
    trajectories,
    attributes: {
      driftcast_system: system,
      driftcast_masks: masks.join(' '),
      driftcast_simulation: JSON.stringify({ simulator: system, settings: { peakVelocity: 1.5, mass: 2 } }),
    },
  });
  for (let t = 0; t < trajectories; t++) {
    writer.writeStatics(
      t,
      masks.map((name, m) => ({
        name,
        attributes: {},
        values: Float32Array.from({ length: cells }, (_, cell) => (cell % (2 + m) === t % 2 ? 1 : 0)),
      })),
    );
    const fields = names.map((_, v) =>
      Float32Array.from({ length: frames * cells }, (_, i) => {
        const cell = i % cells;
        return valueAt(v, t, Math.floor(i / cells), Math.floor(cell / columns), cell % columns);
      }),
    );
    writer.writeFrames(t, 0, frames, fields);
  }
  await writer.close();
}

async function opened<Result>(path: string, use: (file: DataFile) => Promise<Result>): Promise<Result> {
  const file = await openDataFile(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

const whole = async (file: DataFile, name: string) => {
  const variable = findVariable(file, name);
  const values = await file.read(
    variable,
    variable.shape.map(() => 0),
    variable.shape,
  );
  return Array.from(values as Float64Array);
};

/** A folder made by hand: arrays by name, trajectories by their keys. */
async function folderOf(
  arrays: Record<string, Uint8Array<ArrayBuffer>>,
  trajectories: object[],
  system = 'spring-mesh',
): Promise<string> {
  const folder = join(await temporaryFolder(), 'benchmark');
  await mkdir(folder);
  const entries = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes] as const);
  await writeFile(join(folder, 'trajectories.npz'), zipSync(Object.fromEntries(entries), { level: 6 }));
  await writeFile(join(folder, 'system_meta.json'), JSON.stringify({ system, metadata: {}, trajectories }));
  return folder;
}

describe('an exported folder', () => {
  it.each(['spring-mesh', 'navier-stokes'] as const)('of %s reads as the file did', async (system) => {
    const folder = await temporaryFolder();
    const [file, out] = [join(folder, 'a.nc'), join(folder, 'out')];
    await simulated(file, system, { trajectories: 2, frames: 9, rows: 3, columns: 4 });
    const bytes = await exportNnBenchmark(file, out);
    expect((await readdir(folder)).sort()).toEqual(['a.nc', 'out']);
    const sizes = await Promise.all(
      (await readdir(out)).map(async (name) => (await readFile(join(out, name))).length),
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(bytes);
    const names =
      system === 'spring-mesh'
        ? ['px', 'py', 'qx', 'qy', 'fixed_mask']
        : ['vx', 'vy', 'p', 'fixed_mask', 'obstacle_mask'];
    await opened(file, (before) =>
      opened(out, async (after) => {
        expect(after.format).toBe('nn-benchmark');
        for (const name of ['time', 'y', 'x', ...names]) {
          expect(findVariable(after, name).dims.map((dim) => dim.name)).toEqual(
            findVariable(before, name).dims.map((dim) => dim.name),
          );
          expect(await whole(after, name)).toEqual(await whole(before, name));
        }
        for (const name of ['driftcast_system', 'driftcast_masks', 'driftcast_simulation'])
          expect(attributeText(after.attributes, name)).toBe(attributeText(before.attributes, name));
        const part = await after.read(findVariable(after, names[1]!), [1, 2, 1, 2], [1, 1, 2, 1]);
        expect([...part].map(Number)).toEqual([valueAt(1, 1, 2, 1, 2), valueAt(1, 1, 2, 2, 2)]);
      }),
    );
  });

  it('has nodes column by column, derivatives, edges and masks as the benchmark does', async () => {
    const folder = await temporaryFolder();
    await simulated(join(folder, 'a.nc'), 'spring-mesh', { trajectories: 1, frames: 3, rows: 2, columns: 3 });
    await exportNnBenchmark(join(folder, 'a.nc'), join(folder, 'out'));
    const meta = JSON.parse(await readFile(join(folder, 'out', 'system_meta.json'), 'utf8'));
    expect(meta).toMatchObject({
      system: 'spring-mesh',
      metadata: { n_particles: 6, n_dim: 2 },
      trajectories: [{ name: 'traj_00000', num_time_steps: 3, time_step_size: 0.25, noise_sigma: 0 }],
    });
    const keys: Record<string, string> = meta.trajectories[0].field_keys;
    expect(Object.keys(keys)).toEqual(
      expect.arrayContaining([
        'p',
        'q',
        'dpdt',
        'dqdt',
        't',
        'p_noiseless',
        'masses',
        'fixed_mask_p',
        'fixed_mask_q',
        'extra_fixed_mask',
        'vertices',
        'edge_indices',
      ]),
    );
    // Another reader than ours: all entries are stored as they are, one after the other.
    const archive = await readFile(join(folder, 'out', 'trajectories.npz'));
    const array = (key: string) => {
      const name = Buffer.from(`${keys[key]}.npy`);
      const at = archive.indexOf(name) + name.length;
      const header = parseNpyHeader(archive.subarray(at));
      const size =
        header.offset +
          header.shape.reduce((a, b) => a * b, 1) * { uint8: 1, float32: 4 }[header.type as 'uint8']! || 0;
      return { header, at, size };
    };
    expect(array('p').header).toMatchObject({ type: 'float32', shape: [3, 6, 2] });
    expect(array('fixed_mask_p').header).toMatchObject({ type: 'uint8', shape: [6, 2] });
    expect(array('extra_fixed_mask').header).toMatchObject({ shape: [6] });
    expect(array('edge_indices').header).toMatchObject({ type: 'int64', shape: [2, 4] });
    const { at, header } = array('edge_indices');
    const edges = npyValues(header, archive.subarray(at, at + header.offset + 64));
    // Nodes are column · 2 + row: (0, 0) is 0, (0, 1) is 2, (1, 0) is 1; each edge both ways.
    expect([...edges]).toEqual([0, 0, 2, 1, 2, 1, 0, 0]);
    const derivative = array('dpdt');
    const values = npyValues(
      derivative.header,
      archive.subarray(derivative.at, derivative.at + derivative.header.offset + 36 * 4),
    );
    expect(new Set(values)).toEqual(new Set([(8 * 4) / 0.25]));
  });

  it('is not written over what is there, nor for what does not fit, and leaves nothing then', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'a.nc');
    await simulated(file, 'spring-mesh', { trajectories: 1, frames: 8, rows: 2, columns: 2 });
    await mkdir(join(folder, 'there'));
    await expect(exportNnBenchmark(file, join(folder, 'there'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(exportNnBenchmark(file, join(folder, 'no', 'way'))).rejects.toMatchObject({
      code: 'not-found',
    });
    const ocean = await createSimulationWriter(join(folder, 'b.nc'), {
      variables: [{ name: 'sst', longName: '', standardName: '', units: 'degC' }],
      time: { name: 'time', values: counted(8), attributes: {} },
      space: [{ name: 'x', values: counted(2), attributes: {} }],
      tables: [],
      trajectories: null,
      attributes: { driftcast_system: 'sst' },
    });
    await ocean.close();
    await expect(exportNnBenchmark(join(folder, 'b.nc'), join(folder, 'out'))).rejects.toMatchObject({
      code: 'unsupported',
    });
    const abort = new AbortController();
    abort.abort();
    const cancelled = exportNnBenchmark(file, join(folder, 'out'), { signal: abort.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readdir(folder)).sort()).toEqual(['a.nc', 'b.nc', 'there']);
  });
});

describe('a folder made by others', () => {
  const t = npyFile('float64', [8], counted(8, 0.5));
  /** Four nodes of a 2 × 2 mesh, displaced from whole numbers, listed row by row; [time, node, 2]. */
  const q = (time: number, node: number) => [(node % 2) + 0.3 + time * 0.001, Math.floor(node / 2) - 0.2];
  const positions = Float64Array.from(
    { length: 8 * 4 * 2 },
    (_, i) => q(Math.floor(i / 8), Math.floor(i / 2) % 4)[i % 2]!,
  );
  const momenta = counted(8 * 4 * 2);

  it('may be in float64, compressed, without masks, vertices or time', async () => {
    const folder = await folderOf(
      { a: npyFile('float64', [8, 4, 2], momenta), b: npyFile('float64', [8, 4, 2], positions) },
      [{ name: 'only', time_step_size: 0.25, field_keys: { p: 'a', q: 'b' } }],
    );
    await opened(folder, async (file) => {
      expect(file.variables.map((variable) => variable.path)).toEqual([
        'time',
        'y',
        'x',
        'px',
        'py',
        'qx',
        'qy',
      ]);
      expect(await whole(file, 'time')).toEqual([...counted(8, 0.25)]);
      expect(await whole(file, 'qx')).toEqual([...positions].filter((_, i) => i % 2 === 0));
      expect(attributeText(file.attributes, 'driftcast_masks')).toBe('');
      expect(file.warnings).toEqual([]);
    });
    const summary = await inspectFile(folder, { statistics: true });
    expect(summary).toMatchObject({ name: 'benchmark', format: 'nn-benchmark' });
    expect(summary.variables.find((variable) => variable.name === 'px')).toMatchObject({
      shape: [1, 8, 2, 2],
      forecastable: true,
      min: 0,
      max: 62,
    });
    // Either of its files stands for the folder.
    for (const name of ['system_meta.json', 'trajectories.npz'])
      await opened(join(folder, name), async (file) => expect(file.format).toBe('nn-benchmark'));
  });

  it('may have pressures without a dimension of components, and masks of two components', async () => {
    const vertices = Float64Array.from([0, 0, 0, 0.01, 0.01, 0, 0.01, 0.01, 0.02, 0, 0.02, 0.01]);
    const pressure = counted(8 * 6);
    const folder = await folderOf(
      {
        u: npyFile('float32', [8, 6, 2], new Float32Array(96)),
        pr: npyFile('float64', [8, 6], pressure),
        t,
        v: npyFile('float64', [6, 2], vertices),
        m: npyFile('bool', [6, 2], Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1])),
      },
      [
        {
          name: 'ns',
          in_velocity: 1.25,
          field_keys: { p: 'u', q: 'pr', t: 't', vertices: 'v', extra_fixed_mask: 'm' },
        },
      ],
      'navier-stokes',
    );
    await opened(folder, async (file) => {
      expect(findVariable(file, 'p').shape).toEqual([1, 8, 2, 3]);
      // Nodes are listed column by column: the first row holds nodes 0, 2 and 4.
      expect((await whole(file, 'p')).slice(0, 6)).toEqual([0, 2, 4, 1, 3, 5]);
      expect(await whole(file, 'x')).toEqual([0, 0.01, 0.02]);
      expect(await whole(file, 'fixed_mask')).toEqual([1, 0, 0, 0, 0, 1]);
      expect(await whole(file, 'obstacle_mask')).toEqual([0, 1, 0, 0, 0, 1]);
      expect(JSON.parse(attributeText(file.attributes, 'driftcast_simulation'))).toMatchObject({
        settings: { peakVelocity: 1.25 },
      });
      expect(attributeText(findVariable(file, 'vx').attributes, 'units')).toBe('m s-1');
    });
  });

  it('may lack a mask here, be shorter there, and lie on no grid', async () => {
    const scattered = Float64Array.from({ length: 10 * 3 }, (_, i) => Math.sin(i));
    const folder = await folderOf(
      {
        a: npyFile('float64', [10, 3], scattered),
        short: npyFile('float64', [8, 3], scattered.slice(0, 24)),
        m: npyFile('bool', [3], Uint8Array.of(0, 1, 0)),
      },
      [
        { name: '0', field_keys: { p: 'a', q: 'a', fixed_mask: 'm' } },
        { name: '1', field_keys: { p: 'short', q: 'short' } },
      ],
      'wave',
    );
    await opened(folder, async (file) => {
      expect(findVariable(file, 'p').shape).toEqual([2, 8, 1, 3]);
      expect(await whole(file, 'fixed_mask')).toEqual([0, 1, 0, 0, 0, 0]);
      expect(file.warnings).toHaveLength(3);
      expect(attributeText(file.attributes, 'driftcast_system')).toBe('');
    });
  });

  it.each<[string, Record<string, Uint8Array<ArrayBuffer>>, RegExp]>([
    ['an array is missing', { a: npyFile('float64', [8, 4, 2], momenta) }, /lacks the array b/],
    [
      'an array is no array',
      { a: npyFile('float64', [8, 4, 2], momenta), b: new Uint8Array(300) },
      /array b is not a NumPy array/,
    ],
    [
      'an array is cut short',
      {
        a: npyFile('float64', [8, 4, 2], momenta),
        b: npyFile('float64', [8, 4, 2], positions).slice(0, 300),
      },
      /array b is cut short or too long/,
    ],
    [
      'an array is no trajectory',
      { a: npyFile('float64', [64], momenta), b: npyFile('float64', [8, 4, 2], positions) },
      /array a of shape 64 is no trajectory/,
    ],
  ])('where %s is refused with a sentence', async (_, arrays, message) => {
    const folder = await folderOf(arrays, [{ name: '0', field_keys: { p: 'a', q: 'b' } }]);
    await expect(openDataFile(folder)).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringMatching(message),
    });
  });

  it('whose description or archive is broken is refused with a sentence', async () => {
    const folder = await folderOf({}, []);
    await expect(openDataFile(folder)).rejects.toMatchObject({
      code: 'damaged-file',
      message: /trajectories/,
    });
    await writeFile(join(folder, 'system_meta.json'), '{');
    await expect(openDataFile(folder)).rejects.toMatchObject({
      message: expect.stringMatching(/not valid JSON/),
    });
    const other = await folderOf({}, [{ name: '0', field_keys: { p: 'a', q: 'b' } }]);
    await writeFile(join(other, 'trajectories.npz'), 'PK no');
    await expect(openDataFile(other)).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringMatching(/not a whole zip archive/),
    });
  });

  it('cannot make us read more than it is', async () => {
    // A header that promises 2^40 values.
    const huge = npyFile('float64', [2 ** 20, 2 ** 10, 2 ** 10], new Float64Array(0));
    const folder = await folderOf({ a: huge, b: huge }, [{ name: '0', field_keys: { p: 'a', q: 'b' } }]);
    await expect(openDataFile(folder)).rejects.toMatchObject({ code: 'damaged-file' });
  });
});
