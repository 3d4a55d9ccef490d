/** Plays through frames: the next one comes when its time is up and the present one is on the screen. */

export const speeds = [2, 4, 8, 16] as const;

/** Moves that follow each other faster than this are one movement. */
const scrubMilliseconds = 120;

export class Player {
  readonly #count: () => number;
  readonly #ready: () => boolean;
  readonly #moved: (index: number) => void;
  #index = $state(0);
  #playing = $state(false);
  #speed = $state<number>(8);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #scrubbing = $state(false);
  #sought = Number.NEGATIVE_INFINITY;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(options: {
    count: () => number;
    ready: () => boolean;
    moved?: (index: number) => void;
    speed?: number;
  }) {
    this.#count = options.count;
    this.#ready = options.ready;
    this.#speed = options.speed ?? 8;
    this.#moved = options.moved ?? (() => {});
  }

  get index(): number {
    return Math.min(this.#index, Math.max(0, this.#count() - 1));
  }
  get playing(): boolean {
    return this.#playing;
  }
  /** Frames a second, at most: a frame that loads slowly is waited for, never skipped. */
  get speed(): number {
    return this.#speed;
  }

  /** Whether a person moves through the frames at this moment, dragging or with a key held down. */
  get scrubbing(): boolean {
    return this.#scrubbing;
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
  }

  goTo(index: number): void {
    this.#index = Math.min(Math.max(0, Math.round(index)), Math.max(0, this.#count() - 1));
    this.#moved(this.#index);
  }

  /** As a person does: by hand, and perhaps many times in a row. */
  seek(index: number): void {
    const now = performance.now();
    this.#scrubbing = now - this.#sought < scrubMilliseconds;
    this.#sought = now;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#scrubbing = false;
    }, scrubMilliseconds);
    this.goTo(index);
  }

  step(frames: number): void {
    this.pause();
    this.seek(this.index + frames);
  }

  toggle(): void {
    if (this.#playing) this.pause();
    else if (this.#count() > 1) {
      this.#playing = true;
      this.#schedule();
    }
  }

  pause(): void {
    this.#playing = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      if (!this.#playing) return;
      if (this.#ready()) this.goTo(this.index + 1 >= this.#count() ? 0 : this.index + 1);
      this.#schedule();
    }, 1000 / this.#speed);
  }
}
