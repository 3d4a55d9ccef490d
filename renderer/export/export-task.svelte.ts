/** Takes what a place shows away: as a picture now, or as a video that is recorded frame by frame. */
import { tick } from 'svelte';
import { DriftcastError } from '#shared/errors.ts';
import { fileName, pngOf, saveBlob } from '../contract/save.ts';
import type { FieldStage } from '../scenes/field-stage.ts';
import type { App } from '../state/app.svelte.ts';
import type { Player } from '../state/player.svelte.ts';
import { type Figure, paintFigure } from './figure.ts';
import { recordVideo, type VideoKind } from './video.ts';

/** What a place offers to be taken away. */
export interface FigureSource {
  /** Begins the names of the files. */
  name: string;
  stage: FieldStage | null;
  player: Player;
  frames: number;
  /** Whether every picture shows what it should. */
  settled(): boolean;
  /** All panes, or the one at this place. */
  figure(only?: number): Figure;
}

/** Pixels in a CSS pixel: enough for print; the graphics card sets a limit to a canvas. */
const pictureScale = 3;
const videoScale = 1.5;
const longestSide = 8000;

export class ExportTask {
  readonly #app: App;
  #fraction = $state<number | null>(null);
  #abort: AbortController | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  /** Share of a video that is recorded; null while none is. */
  get fraction(): number | null {
    return this.#fraction;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async savePicture(source: FigureSource, only?: number): Promise<void> {
    await this.#app.attempt(
      (async () => {
        const canvas = await this.picture(source, pictureScale, only);
        const pane = only === undefined ? '' : ` ${source.figure(only).panes[0]?.title ?? ''}`;
        saveBlob(fileName(`${source.name}${pane}`, 'png'), await pngOf(canvas));
      })(),
    );
  }

  /** @throws DriftcastError `unsupported` where the stage can't draw */
  async picture(source: FigureSource, scale: number, only?: number): Promise<HTMLCanvasElement> {
    const canvas = document.createElement('canvas');
    await settle(source);
    this.#paint(canvas, source, scale, only);
    return canvas;
  }

  /** Records every frame from the first to the last, and goes back to the one that is shown. */
  async saveVideo(source: FigureSource, kind: VideoKind): Promise<void> {
    if (this.#abort) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#fraction = 0;
    const { player } = source;
    const before = player.index;
    player.pause();
    const canvas = document.createElement('canvas');
    const video = recordVideo({
      kind,
      canvas,
      frames: source.frames,
      framesPerSecond: player.speed,
      signal: abort.signal,
      progress: (fraction) => {
        this.#fraction = fraction;
      },
      paint: async (frame) => {
        player.goTo(frame);
        await settle(source, abort.signal);
        this.#paint(canvas, source, videoScale);
      },
    }).catch((thrown: unknown) => {
      if (abort.signal.aborted) return null;
      throw thrown;
    });
    const blob = await this.#app.attempt(video);
    if (blob) saveBlob(fileName(source.name, kind), blob);
    this.#abort = null;
    this.#fraction = null;
    player.goTo(before);
  }

  #paint(canvas: HTMLCanvasElement, source: FigureSource, wanted: number, only?: number): void {
    const { stage } = source;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const colours = { ink: colour('--ink'), soft: colour('--soft'), panel: colour('--panel') };
    const scale = Math.min(wanted, longestSide / Math.max(window.innerWidth, window.innerHeight));
    if (!stage || !paintFigure(canvas, source.figure(only), stage, colours, scale))
      throw new DriftcastError(
        'unsupported',
        'The picture could not be drawn: this window has no WebGL 2 at the moment.',
        'Turn on hardware or software acceleration and reload the window.',
      );
  }
}

/** Waits until everything that was asked for is on the stage. Timers, because a hidden window has no frames. */
async function settle(source: FigureSource, signal?: AbortSignal): Promise<void> {
  await tick();
  while (!source.settled()) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await tick();
}
