import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../main/setup/lock.mjs';
import { temporaryFolder } from './fakes.ts';

const owner = (pid: number, host = hostname()) => JSON.stringify({ pid, host, since: 1 });

describe('the lock', () => {
  it('lets one work at a time', async () => {
    const path = join(temporaryFolder(), 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((done) => setImmediate(done));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work, { poll: 1 })));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is given back where the work fails', async () => {
    const path = join(temporaryFolder(), 'lock');
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, async () => 'yes')).toBe('yes');
  });

  it('is taken over from an owner that died', async () => {
    const path = join(temporaryFolder(), 'lock');
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    writeFileSync(path, owner(dead));
    expect(await withLock(path, async () => 'mine', { poll: 1 })).toBe('mine');
  });

  it.each([
    ['that another machine left long ago', owner(1, 'another-machine')],
    ['that was never written to its end', '{"pid":'],
  ])('is taken over where it is one %s', async (_name, text) => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, text);
    utimesSync(path, 1, 1);
    expect(await withLock(path, async () => 'mine', { poll: 1 })).toBe('mine');
  });

  it('says for whom it waits, and waits for an owner in another process', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'lock');
    const module = resolve('main/setup/lock.mjs');
    const script = `
      import { withLock } from ${JSON.stringify(module)};
      await withLock(${JSON.stringify(path)}, async () => {
        process.stdout.write('inside');
        await new Promise((done) => process.stdin.once('data', done));
      });
      process.exit(0);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    const waits: string[] = [];
    const mine = withLock(path, async () => 'mine', {
      poll: 5,
      onWait: (who) => {
        waits.push(who);
        other.stdin.write('go on\n');
      },
    });
    expect(await mine).toBe('mine');
    expect(waits).toEqual([`process ${other.pid} on ${hostname()}`]);
  });

  it('holds while its owner is alive, however it was written', async () => {
    const path = join(temporaryFolder(), 'folder', 'lock');
    mkdirSync(join(path, '..'));
    await withLock(path, async () => {
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    });
  });
});
