/** What a dataset is made of, as one number: the values that were read and the choices that shaped them. */
import { createHash } from 'node:crypto';
import type { PrepareSettings } from '#shared/domain/dataset.ts';
import type { TimeAxis } from '../cf/timeAxis.ts';
import { bytesOf } from './store.ts';

/** SHA-256 over the decoded values as they come, closed with the settings. */
export class Fingerprint {
  private readonly hash = createHash('sha256');

  add(frame: Float32Array): void {
    this.hash.update(bytesOf(frame));
  }

  finish(settings: PrepareSettings, axis: TimeAxis): string {
    const ordered = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
    return this.hash.update(JSON.stringify([ordered, axis.calendar, axis.values])).digest('hex');
  }
}
