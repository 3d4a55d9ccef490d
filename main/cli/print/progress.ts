/**
 * Progress for whoever watches: one line that redraws itself on a terminal, and sparse whole lines (a tenth
 * of the way, or half a minute, apart) where the output goes into a log.
 */
import type { Stream } from '../environment.ts';
import { duration } from './format.ts';

export interface Step {
  /** 0–1; null while unknown. */
  fraction: number | null;
  message: string;
  secondsLeft: number | null;
}

const barWidth = 24;
const logFraction = 0.1;
const logMilliseconds = 30_000;
const redrawMilliseconds = 100;

export class Progress {
  readonly #stream: Stream;
  readonly #now: () => number;
  #drawn = false;
  #lastFraction = -1;
  #lastMessage = '';
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(stream: Stream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  show(step: Step): void {
    if (this.#stream.isTTY) this.#redraw(step);
    else this.#log(step);
  }

  /** Takes the line away, so that something else can be written. */
  clear(): void {
    if (!this.#drawn) return;
    this.#stream.write('\r\u001b[2K');
    this.#drawn = false;
    this.#lastTime = Number.NEGATIVE_INFINITY;
  }

  #redraw(step: Step): void {
    const now = this.#now();
    if (now - this.#lastTime < redrawMilliseconds && step.fraction !== 1) return;
    this.#lastTime = now;
    const columns = this.#stream.columns ?? 80;
    const text = line(step, bar(step.fraction));
    this.#stream.write(`\r\u001b[2K${text.slice(0, columns - 1)}`);
    this.#drawn = true;
  }

  #log(step: Step): void {
    if (step.message === '') return;
    const now = this.#now();
    const far = (step.fraction ?? 0) - this.#lastFraction >= logFraction;
    const long = now - this.#lastTime >= logMilliseconds;
    const fresh = step.message !== this.#lastMessage && step.fraction === null;
    if (!far && !long && !fresh) return;
    this.#lastFraction = step.fraction ?? 0;
    this.#lastMessage = step.message;
    this.#lastTime = now;
    this.#stream.write(`${line(step, '')}\n`);
  }

  /** A new piece of work begins: its first step is worth a line. */
  restart(): void {
    this.clear();
    this.#lastFraction = -1;
    this.#lastMessage = '';
    this.#lastTime = Number.NEGATIVE_INFINITY;
  }
}

function bar(fraction: number | null): string {
  const full = Math.round((fraction ?? 0) * barWidth);
  return `[${'█'.repeat(full)}${'·'.repeat(barWidth - full)}] `;
}

function line(step: Step, drawnBar: string): string {
  const percent = step.fraction === null ? '' : `${String(Math.floor(step.fraction * 100)).padStart(3)} %  `;
  const left = !step.secondsLeft || step.fraction === 1 ? '' : `  ${duration(step.secondsLeft)} left`;
  return `${drawnBar}${percent}${step.message}${left}`;
}
