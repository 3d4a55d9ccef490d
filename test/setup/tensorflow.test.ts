import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wheels } from '../../main/setup/pins.mjs';
import { SetupError } from '../../main/setup/report.mjs';
import { ensureTensorflow, isWhole, placeOf, tensorflowFolder } from '../../main/setup/tensorflow.mjs';
import { keptReport, pinOf, temporaryFolder, writeZip } from './fakes.ts';

const tensorflow = {
  'tensorflow/libtensorflow_cc.so.2': 'library',
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/include/tensorflow/c/c_api.h': 'header',
  'tensorflow/include/google/protobuf/any.h': 'not needed',
  'tensorflow/python/framework.so': 'not needed',
  'tensorflow-1.0.dist-info/LICENSE': 'licence',
};
const cublas = {
  'nvidia/cublas/lib/libcublas.so.12': 'cublas',
  'nvidia/cublas/lib/libcublas_static.a': 'not needed',
  'nvidia/cublas/include/cublas.h': 'not needed',
  'nvidia_cublas_cu12-1.0.dist-info/License.txt': 'licence',
};
const nvcc = {
  'nvidia/cuda_nvcc/bin/ptxas': 'program',
  'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'code',
};

/** A cache and fake wheels, with a way to fetch them that counts. */
function surroundings(contents: Record<string, Record<string, string>>) {
  const folder = temporaryFolder();
  const list = Object.entries(contents).map(([project, files]) => {
    writeZip(join(folder, `${project}.whl`), files);
    return pinOf(project, join(folder, `${project}.whl`));
  });
  const fetched: string[] = [];
  const download = async (wheel: { project: string }, target: string) => {
    fetched.push(wheel.project);
    mkdirSync(target, { recursive: true });
    copyFileSync(join(folder, `${wheel.project}.whl`), join(target, 'a.whl'));
    return join(target, 'a.whl');
  };
  return { cache: join(folder, 'cache'), list, download, fetched };
}

describe('the CPU build', () => {
  it('holds the C library under the names that the linker asks for, the headers and the licence, and no more', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    const folder = await ensureTensorflow('cpu', keptReport(), set);
    expect(folder).toBe(tensorflowFolder('cpu', set));
    expect(readdirSync(join(folder, 'tensorflow')).sort()).toEqual([
      'include',
      'libtensorflow.so',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ]);
    expect(readFileSync(join(folder, 'tensorflow/libtensorflow.so'), 'utf8')).toBe('library');
    expect(readFileSync(join(folder, 'tensorflow/libtensorflow_framework.so'), 'utf8')).toBe('framework');
    expect(readdirSync(join(folder, 'tensorflow/include'))).toEqual(['tensorflow']);
    expect(existsSync(join(folder, 'licences/tensorflow-1.0/LICENSE'))).toBe(true);
    expect(readdirSync(set.cache)).toEqual([folder.split('/').at(-1)]);
  });

  it('is fetched once: a second set-up downloads nothing', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    await ensureTensorflow('cpu', keptReport(), set);
    const report = keptReport();
    await ensureTensorflow('cpu', report, set);
    expect(set.fetched).toEqual(['tensorflow-cpu']);
    expect(report.lines).toEqual([]);
  });

  it('is fetched once by two set-ups at the same time', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    const folders = await Promise.all([1, 2, 3].map(() => ensureTensorflow('cpu', keptReport(), set)));
    expect(new Set(folders).size).toBe(1);
    expect(set.fetched).toEqual(['tensorflow-cpu']);
  });

  it('is fetched anew where a file was cut short afterwards', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    const folder = await ensureTensorflow('cpu', keptReport(), set);
    rmSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'));
    expect(isWhole(folder)).toBe(false);
    await ensureTensorflow('cpu', keptReport(), set);
    expect(isWhole(folder)).toBe(true);
  });

  it('is either whole or absent: an interrupted set-up leaves nothing that looks finished', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow, 'nvidia-cublas-cu12': cublas });
    const broken = async (wheel: { project: string }, target: string) => {
      if (wheel.project !== 'tensorflow-cpu') throw new SetupError('network', 'The line went dead.');
      return set.download(wheel, target);
    };
    await expect(ensureTensorflow('cpu', keptReport(), { ...set, download: broken })).rejects.toThrow(
      'went dead',
    );
    expect(readdirSync(set.cache)).toEqual([]);
    const folder = await ensureTensorflow('cpu', keptReport(), set);
    expect(isWhole(folder)).toBe(true);
  });

  it('clears away what a set-up left that was killed', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    const left = join(set.cache, `unpacking-${dead}-1`);
    mkdirSync(left, { recursive: true });
    utimesSync(left, 1, 1);
    await ensureTensorflow('cpu', keptReport(), set);
    expect(existsSync(left)).toBe(false);
  });

  it('is refused where the wheel lacks the library', async () => {
    const set = surroundings({ 'tensorflow-cpu': { 'tensorflow/readme.txt': 'nothing else' } });
    await expect(ensureTensorflow('cpu', keptReport(), set)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('says so where the cache folder cannot be made', async () => {
    const set = surroundings({ 'tensorflow-cpu': tensorflow });
    const cache = join('/dev/null', 'cache');
    await expect(ensureTensorflow('cpu', keptReport(), { ...set, cache })).rejects.toMatchObject({
      kind: 'disk',
      message: expect.stringContaining('DRIFTCAST_CACHE'),
    });
  });
});

describe('the CUDA build', () => {
  it("puts each of NVIDIA's libraries where libtensorflow looks for it", async () => {
    const set = surroundings({ tensorflow, 'nvidia-cublas-cu12': cublas, 'nvidia-cuda-nvcc-cu12': nvcc });
    const folder = await ensureTensorflow('cuda', keptReport(), set);
    const origin = realpathSync(join(folder, 'tensorflow'));
    expect(readFileSync(join(origin, '../nvidia/cublas/lib/libcublas.so.12'), 'utf8')).toBe('cublas');
    expect(readdirSync(join(origin, '../nvidia/cublas'))).toEqual(['lib']);
    expect(readdirSync(join(origin, '../nvidia/cublas/lib'))).toEqual(['libcublas.so.12']);
    expect(execFileSync('test', ['-x', join(origin, '../nvidia/cuda_nvcc/bin/ptxas')])).toBeTruthy();
  });

  it('lies beside the CPU build', () => {
    const cache = temporaryFolder();
    expect(tensorflowFolder('cuda', { cache })).not.toBe(tensorflowFolder('cpu', { cache }));
  });

  it('names every library of the and-cuda extra, each with a whole hash', () => {
    const extra = [
      'cublas',
      'cuda-cupti',
      'cuda-nvcc',
      'cuda-nvrtc',
      'cuda-runtime',
      'cudnn',
      'cufft',
      'curand',
      'cusolver',
      'cusparse',
      'nccl',
      'nvjitlink',
    ];
    expect(wheels.cuda.map((wheel) => wheel.project)).toEqual([
      'tensorflow',
      ...extra.map((name) => `nvidia-${name}-cu12`),
    ]);
    for (const wheel of [...wheels.cuda, ...wheels.cpu]) expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the layout', () => {
  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_cc.so.2'],
    ['tensorflow/include/tensorflow/c/eager/c_api.h', 'tensorflow/include/tensorflow/c/eager/c_api.h'],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', 'tensorflow/include/xla/tsl/c/tsl_status.h'],
    ['tensorflow/include/tensorflow/cc/ops.h', null],
    ['nvidia/cudnn/lib/libcudnn.so.9', 'nvidia/cudnn/lib/libcudnn.so.9'],
    ['nvidia/cudnn/lib/__init__.py', null],
    ['nvidia/__init__.py', null],
  ])('puts %s at %s', (name, place) => {
    expect(placeOf(name)).toBe(place);
  });
});
