/**
 * Draws every picture of the window with one WebGL renderer: a canvas lies over the panes, and each picture is
 * drawn, on demand, into the part of it that its element covers.
 */
import { ColorManagement, LinearSRGBColorSpace, WebGLRenderer } from 'three';
import type { MakePicture, SceneColours, StagePicture } from './stage-picture.ts';

// Colours are written for the screen and must arrive there unchanged.
ColorManagement.enabled = false;

/** Below this lines are no longer recognised. */
const leastRatio = 0.5;

export type StageTrouble = 'no-graphics' | 'context-lost' | null;

export class FieldStage {
  readonly #canvas: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer | null;
  readonly #pictures = new Set<StagePicture>();
  readonly #observer: ResizeObserver;
  readonly #report: (trouble: StageTrouble) => void;
  #colours: SceneColours | null = null;
  #asked = 0;
  #lost = false;

  constructor(canvas: HTMLCanvasElement, report: (trouble: StageTrouble) => void) {
    this.#canvas = canvas;
    this.#report = report;
    this.#renderer = createRenderer(canvas);
    this.#observer = new ResizeObserver(() => this.ask());
    this.#observer.observe(canvas);
    if (!this.#renderer) report('no-graphics');
    this.#renderer?.setScissorTest(true);
    canvas.addEventListener('webglcontextlost', this.#onLost);
    canvas.addEventListener('webglcontextrestored', this.#onRestored);
    window.addEventListener('resize', this.ask);
    window.addEventListener('scroll', this.ask, true);
  }

  add<Kind extends StagePicture>(element: HTMLElement, make: MakePicture<Kind>): Kind {
    const picture = make(element, this.ask);
    if (this.#colours) picture.setColours(this.#colours);
    this.#pictures.add(picture);
    this.#observer.observe(element);
    return picture;
  }

  remove(picture: StagePicture): void {
    this.#observer.unobserve(picture.element);
    this.#pictures.delete(picture);
    picture.dispose();
    this.ask();
  }

  setColours(colours: SceneColours): void {
    this.#colours = colours;
    for (const picture of this.#pictures) picture.setColours(colours);
  }

  /** Asks for one drawing before the next frame, however often it is called. */
  readonly ask = (): void => {
    if (this.#asked !== 0) return;
    this.#asked = requestAnimationFrame((now) => {
      this.#asked = 0;
      if (this.#draw(now, window.devicePixelRatio)) this.ask();
    });
  };

  /** The element of the picture that lies inside another element; null where there is none. */
  pictureIn(element: Element): HTMLElement | null {
    for (const picture of this.#pictures)
      if (picture.shown && element.contains(picture.element)) return picture.element;
    return null;
  }

  /**
   * Draws everything at once with `ratio` device pixels in a CSS pixel and hands over the canvas, whose content is gone
   * after this turn; null where nothing can be drawn.
   */
  snapshot<Result>(ratio: number, take: (canvas: HTMLCanvasElement) => Result): Result | null {
    if (!this.#renderer || this.#lost) return null;
    this.#draw(performance.now(), ratio);
    const taken = take(this.#canvas);
    this.ask();
    return taken;
  }

  dispose(): void {
    cancelAnimationFrame(this.#asked);
    this.#observer.disconnect();
    this.#canvas.removeEventListener('webglcontextlost', this.#onLost);
    this.#canvas.removeEventListener('webglcontextrestored', this.#onRestored);
    window.removeEventListener('resize', this.ask);
    window.removeEventListener('scroll', this.ask, true);
    for (const picture of this.#pictures) picture.dispose();
    this.#pictures.clear();
    this.#renderer?.dispose();
    this.#renderer?.forceContextLoss();
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault();
    this.#lost = true;
    this.#report('context-lost');
  };

  readonly #onRestored = (): void => {
    this.#lost = false;
    this.#report(null);
    this.#renderer?.setScissorTest(true);
    this.ask();
  };

  /** Where all that is shown are coarse fields that pass, no more pixels than they fill: each costs without a graphics card. */
  #ratio(screen: number): number {
    let most = 0;
    for (const picture of this.#pictures) {
      if (!picture.shown) continue;
      const { width } = picture.element.getBoundingClientRect();
      if (width < 1) continue;
      const enough = picture.enough?.(width) ?? null;
      if (enough === null) return screen;
      most = Math.max(most, enough);
    }
    return most === 0 ? screen : Math.min(screen, Math.max(leastRatio, most));
  }

  /** @returns whether a picture moves by itself */
  #draw(now: number, screen: number): boolean {
    const renderer = this.#renderer;
    if (!renderer || this.#lost) return false;
    const frame = this.#canvas.getBoundingClientRect();
    if (frame.width === 0 || frame.height === 0) return false;
    const ratio = this.#ratio(screen);
    if (renderer.getPixelRatio() !== ratio) renderer.setPixelRatio(ratio);
    const buffer = this.#canvas;
    if (
      buffer.width !== Math.floor(frame.width * ratio) ||
      buffer.height !== Math.floor(frame.height * ratio)
    )
      renderer.setSize(frame.width, frame.height, false);
    renderer.setViewport(0, 0, frame.width, frame.height);
    renderer.setScissor(0, 0, frame.width, frame.height);
    renderer.setClearColor(0, 0);
    renderer.clear();
    let moving = false;
    for (const picture of this.#pictures) {
      if (!picture.shown) continue;
      const box = picture.element.getBoundingClientRect();
      const left = box.left - frame.left;
      const bottom = frame.bottom - box.bottom;
      if (box.width < 1 || box.height < 1) continue;
      renderer.setViewport(left, bottom, box.width, box.height);
      renderer.setScissor(left, bottom, box.width, box.height);
      if (picture.prepare({ width: box.width, height: box.height, ratio }, now)) moving = true;
      renderer.clearDepth();
      renderer.render(picture.scene, picture.camera);
    }
    return moving;
  }
}

function createRenderer(canvas: HTMLCanvasElement): WebGLRenderer | null {
  try {
    const renderer = new WebGLRenderer({ canvas, alpha: true, antialias: true, premultipliedAlpha: true });
    renderer.autoClear = false;
    renderer.outputColorSpace = LinearSRGBColorSpace;
    return renderer;
  } catch {
    return null;
  }
}
