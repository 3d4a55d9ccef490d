/**
 * Shows the desktop that long work goes on: progress on the dock or task bar and in the tray, no sleep meanwhile,
 * and a notification at its end when the person is looking elsewhere.
 */
import type { Tray } from 'electron';
import type { Job } from '#shared/domain/job.ts';
import type { ElectronModule, Shown } from './parts.ts';

/** Quick work needs no notification: its person is still there. */
const longMilliseconds = 15_000;
/** Electron's signs for "nothing goes on" and for "going on, nobody knows how long". */
const [none, indeterminate] = [-1, 2];

/** Follows all jobs as long as the service tells of them. */
export async function showWork(
  electron: ElectronModule,
  jobs: AsyncIterable<Job>,
  icon: string,
  shown: Shown,
) {
  const running = new Map<string, Job>();
  const { powerSaveBlocker } = electron;
  let blocker: number | null = null;
  const showTray = trayOf(electron, icon, shown);
  const show = (): void => {
    // Of several, the one that has furthest to go says how long this takes.
    const known = [...running.values()].map((job) => job.fraction).filter((fraction) => fraction !== null);
    shown()?.setProgressBar(running.size === 0 ? none : Math.min(indeterminate, ...known));
    // The screen may go dark, the machine may not sleep.
    if (running.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
    showTray([...running.values()].filter((job) => job.kind === 'train'));
  };
  try {
    for await (const job of jobs) {
      if (job.ended === null) running.set(job.id, job);
      else if (running.delete(job.id)) announce(electron, job, job.ended, shown);
      show();
    }
  } catch {
    // The service is closing, and the signs end with it.
  }
  running.clear();
  show();
}

/** Only while a run trains: the one kind of work that people leave alone. */
function trayOf({ Tray }: ElectronModule, icon: string, shown: Shown): (training: readonly Job[]) => void {
  let tray: Tray | null = null;
  return (training) => {
    if (training.length === 0) {
      tray?.destroy();
      tray = null;
      return;
    }
    tray ??= new Tray(icon).on('click', () => toFront(shown));
    const percent = ({ fraction }: Job) => (fraction === null ? '' : `: ${Math.floor(fraction * 100)} %`);
    tray.setToolTip(training.map((job) => `${job.title}${percent(job)}`).join('\n'));
  };
}

function announce({ Notification }: ElectronModule, job: Job, ended: string, shown: Shown): void {
  const long = Date.parse(ended) - Date.parse(job.started) >= longMilliseconds;
  if (!long || job.status === 'cancelled' || shown()?.isFocused() || !Notification.isSupported()) return;
  const title = `${job.status === 'done' ? 'Done' : 'Failed'}: ${job.title}`;
  new Notification({ title, body: job.message }).on('click', () => toFront(shown)).show();
}

export function toFront(shown: Shown): void {
  const window = shown();
  if (window?.isMinimized()) window.restore();
  window?.show();
  window?.focus();
}
