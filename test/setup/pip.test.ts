import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Wheel } from '../../main/setup/pins.mjs';
import { downloadWheel } from '../../main/setup/pip.mjs';
import { fakeProgram, pinOf, temporaryFolder, writeZip } from './fakes.ts';

/** A PATH on which `python3` is a script; `$DEST` is where the wheel is to go, `$WANTED` the requirements file. */
function withPython(script: string) {
  const folder = temporaryFolder();
  const source = join(folder, 'source.whl');
  writeZip(source, { 'tensorflow/a.txt': 'text' });
  const parse =
    'while [ $# -gt 0 ]; do case "$1" in --dest) DEST=$2;; --requirement) WANTED=$2;; esac; shift; done';
  fakeProgram(join(folder, 'bin'), 'python3', `ALL="$*"\n${parse}\n${script}`);
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, SOURCE: source, LOG: join(folder, 'log') };
  return { folder, env, wheel: pinOf('tensorflow-cpu', source), target: join(folder, 'target') };
}

async function download(set: ReturnType<typeof withPython>, wheel: Wheel = set.wheel) {
  return downloadWheel(wheel, set.target, undefined, set.env);
}

describe('downloading a wheel', () => {
  it('asks pip for exactly one file and checks it', async () => {
    const set = withPython('echo "$ALL" > "$LOG"; cat "$WANTED" >> "$LOG"; cp "$SOURCE" "$DEST/a.whl"');
    const path = await download(set);
    expect(path).toBe(join(set.target, 'a.whl'));
    const { readFileSync } = await import('node:fs');
    const said = readFileSync(set.env.LOG, 'utf8');
    expect(said).toContain('-m pip download --no-deps --require-hashes --only-binary=:all:');
    expect(said).toContain('--python-version 3.11 --platform manylinux_2_27_x86_64');
    expect(said).toContain(`tensorflow-cpu==1.0 --hash=sha256:${set.wheel.sha256}`);
    expect(said).not.toMatch(/https?:/);
    expect(readdirSync(set.target)).toEqual(['a.whl']);
  });

  it('throws away a file that is not the expected one', async () => {
    const set = withPython('echo other > "$DEST/a.whl"');
    await expect(download(set)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('SHA-256'),
    });
    expect(existsSync(join(set.target, 'a.whl'))).toBe(false);
  });

  it.each([
    [
      'pip is missing',
      'echo "/usr/bin/python3: No module named pip" >&2; exit 1',
      'python',
      /pip is missing/,
    ],
    [
      'the network is down',
      'echo "ERROR: Could not find a version that satisfies the requirement" >&2; exit 1',
      'network',
      /check the network/,
    ],
    [
      'the disk is full',
      'echo "ERROR: Could not install: [Errno 28] No space left on device" >&2; exit 1',
      'disk',
      /disk is full/,
    ],
    [
      'the index has another file',
      'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1',
      'corrupt',
      /not the expected file/,
    ],
    ['anything else fails', 'echo "Segmentation fault" >&2; exit 139', 'other', /its last lines say why/],
  ])('says so in one sentence where %s', async (_name, script, kind, sentence) => {
    const set = withPython(script);
    await expect(download(set)).rejects.toMatchObject({ kind, message: expect.stringMatching(sentence) });
  });

  it('says so where there is no Python', async () => {
    const set = withPython('exit 0');
    const empty = temporaryFolder();
    writeFileSync(join(empty, 'python3'), 'not executable', { mode: 0o644 });
    await expect(downloadWheel(set.wheel, set.target, undefined, { PATH: empty })).rejects.toMatchObject({
      kind: 'python',
      message: expect.stringContaining('install python3'),
    });
  });
});
