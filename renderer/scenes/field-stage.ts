/**
 * Draws every picture of the window with one WebGL renderer: a canvas lies over the panes, and each picture is
 * drawn, on demand, into the part of it that its element covers. The canvas moves from place to place, because making
 * one takes the graphics system as long as drawing several maps.
 */
import { ColorManagement, LinearSRGBColorSpace, Vector4, WebGLRenderer } from 'three';
import { Drawing } from './drawing.ts';
import type { MakePicture, SceneColours, StagePicture } from './stage-picture.ts';

// Colours are written for the screen and must arrive there unchanged.
ColorManagement.enabled = false;

/** Below this lines are no longer recognised. */
const leastRatio = 0.5;

export type StageTrouble = 'no-graphics' | 'context-lost' | null;

export class FieldStage {
  readonly #canvas = document.createElement('canvas');
  readonly #renderer = createRenderer(this.#canvas);
  readonly #drawing = this.#renderer && new Drawing(this.#renderer);
  readonly #pictures = new Set<StagePicture>();
  readonly #observer = new ResizeObserver(() => this.ask());
  #report: ((trouble: StageTrouble) => void) | null = null;
  #colours: SceneColours | null = null;
  #wanted = false;
  /** What comes next: the timer until a drawing begins, or the frame that may show it. */
  #timer = 0;
  #frame = 0;
  /** Of the drawing that was begun last: CSS pixels of the canvas, and device pixels in each. */
  #size = { width: 0, height: 0, ratio: 1 };
  #lost = false;

  constructor() {
    this.#canvas.ariaHidden = 'true';
    this.#observer.observe(this.#canvas);
    this.#setUp();
    this.#canvas.addEventListener('webglcontextlost', this.#onLost);
    this.#canvas.addEventListener('webglcontextrestored', this.#onRestored);
    window.addEventListener('resize', this.ask);
    window.addEventListener('scroll', this.ask, true);
  }

  /**
   * Lays the canvas over a place, whose elements the pictures lie in.
   * @returns takes it away from there again, unless another place has it already
   */
  attach(place: HTMLElement, report: (trouble: StageTrouble) => void): () => void {
    // What it shows, or is about to, is the last place's.
    this.#drawing?.forget();
    this.#canvas.style.visibility = 'hidden';
    place.append(this.#canvas);
    this.#report = report;
    if (!this.#renderer) report('no-graphics');
    else if (this.#lost) report('context-lost');
    this.ask();
    return () => {
      if (this.#report !== report) return;
      this.#report = null;
      this.#canvas.remove();
      this.#drawing?.release();
    };
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

  /** Asks for one drawing, however often it is called: soon, or after the one under way. */
  readonly ask = (): void => {
    this.#wanted = true;
    if (this.#frame === 0) this.#soon();
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
    if (!this.#drawing || !this.#draw(this.#drawing, performance.now(), ratio, false)) return null;
    this.#show(this.#drawing);
    const taken = take(this.#canvas);
    this.ask();
    return taken;
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault();
    this.#lost = true;
    this.#drawing?.forget();
    this.#report?.('context-lost');
  };

  readonly #onRestored = (): void => {
    this.#lost = false;
    this.#report?.(null);
    this.#setUp();
    this.ask();
  };

  /** What a context forgets when it is lost. Pictures are cleared to nothing: the page lies below them. */
  #setUp(): void {
    this.#renderer?.setScissorTest(true);
    this.#renderer?.setClearColor(0, 0);
  }

  /** Not within a frame: what is asked of the graphics card there is waited for where pages are composed in software. */
  #soon(): void {
    this.#timer ||= window.setTimeout(() => {
      this.#timer = 0;
      const drawing = this.#drawing;
      if (!drawing || !this.#wanted || this.#frame !== 0) return;
      this.#wanted = false;
      const ratio = this.#passing();
      if (!this.#draw(drawing, performance.now(), ratio ?? window.devicePixelRatio, ratio !== null)) return;
      if (ratio === null) drawing.send();
      this.#showWhenFinished(drawing);
    });
  }

  #showWhenFinished(drawing: Drawing): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (drawing.underWay) {
        if (!drawing.finished) return this.#showWhenFinished(drawing);
        this.#show(drawing);
      }
      if (this.#wanted) this.#soon();
    });
  }

  /**
   * Where all that is shown are coarse fields that pass, the device pixels in a CSS pixel that they fill: each costs without
   * a graphics card. Null otherwise.
   */
  #passing(): number | null {
    let most = 0;
    for (const picture of this.#pictures) {
      if (!picture.shown) continue;
      const { width } = picture.element.getBoundingClientRect();
      if (width < 1) continue;
      const enough = picture.enough?.(width) ?? null;
      if (enough === null) return null;
      most = Math.max(most, enough);
    }
    return most === 0 ? null : Math.min(window.devicePixelRatio, Math.max(leastRatio, most));
  }

  /** `atOnce`: on the canvas. @returns whether there is anything to draw into */
  #draw(drawing: Drawing, now: number, ratio: number, atOnce: boolean): boolean {
    const renderer = this.#renderer;
    if (!renderer || this.#lost) return false;
    const frame = this.#canvas.getBoundingClientRect();
    if (frame.width === 0 || frame.height === 0) return false;
    this.#size = { width: frame.width, height: frame.height, ratio };
    if (atOnce) this.#fit();
    drawing.begin(Math.floor(frame.width * ratio), Math.floor(frame.height * ratio), atOnce);
    for (const picture of this.#pictures) {
      if (!picture.shown) continue;
      const { left, bottom, width, height } = picture.element.getBoundingClientRect();
      if (width < 1 || height < 1) continue;
      // What moves by itself is drawn again.
      if (picture.prepare({ width, height, ratio }, now)) this.#wanted = true;
      const box = new Vector4(left - frame.left, frame.bottom - bottom, width, height);
      drawing.into(box.multiplyScalar(ratio).round());
      renderer.render(picture.scene, picture.camera);
    }
    if (atOnce) this.#reveal('pixelated');
    return true;
  }

  /** Brings what was drawn to the canvas, which takes its size. */
  #show(drawing: Drawing): void {
    this.#fit();
    drawing.show();
    this.#reveal('auto');
  }

  /** Larger pixels than the screen's stay squares: to smooth them takes as long as to draw them. */
  #reveal(imageRendering: 'auto' | 'pixelated'): void {
    Object.assign(this.#canvas.style, { visibility: '', imageRendering });
  }

  #fit(): void {
    const renderer = this.#renderer!;
    const { width, height, ratio } = this.#size;
    if (renderer.getPixelRatio() !== ratio) renderer.setPixelRatio(ratio);
    const { width: columns, height: rows } = this.#canvas;
    if (columns !== Math.floor(width * ratio) || rows !== Math.floor(height * ratio))
      renderer.setSize(width, height, false);
  }
}

function createRenderer(canvas: HTMLCanvasElement): WebGLRenderer | null {
  try {
    const renderer = new WebGLRenderer({ canvas, alpha: true, antialias: false, premultipliedAlpha: true });
    renderer.autoClear = false;
    renderer.outputColorSpace = LinearSRGBColorSpace;
    return renderer;
  } catch {
    return null;
  }
}
