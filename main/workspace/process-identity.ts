/**
 * Tells a running process from a dead one whose number another process got since: process numbers are reused,
 * a number together with its start time is not.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProcessIdentity {
  pid: number;
  /** When the process started, in whatever words this system has for it; empty where it has none. */
  started: string;
  host: string;
}

/** Start time of a process as this system tells it; empty when it can't be told. */
async function startOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      ]);
      // Field 22 (proc(5)); the name in field 2 may hold spaces, so count from its closing bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return `${boot.trim()}:${fields[19] ?? ''}`;
    }
    if (process.platform === 'win32') return '';
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
}

let own: Promise<ProcessIdentity> | null = null;

export function ownIdentity(): Promise<ProcessIdentity> {
  own ??= startOf(process.pid).then((started) => ({ pid: process.pid, started, host: hostname() }));
  return own;
}

/** Whether a process of this machine still runs. Of another machine's process nothing can be told: null. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean | null> {
  if (identity.host !== hostname()) return null;
  try {
    process.kill(identity.pid, 0);
  } catch (thrown) {
    // Someone else's process refuses the signal, but it is there.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false;
  }
  if (identity.started === '') return true;
  const started = await startOf(identity.pid);
  return started === '' || started === identity.started;
}
