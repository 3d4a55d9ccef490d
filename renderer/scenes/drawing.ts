/**
 * A drawing in the memory of the graphics card, which is brought to the canvas once it is finished. Without graphics
 * hardware browsers compose pages in software: they read the canvas back with the frame in which it changed, and the
 * interface stands still until all that was asked of the card is done. A map takes tens of milliseconds there, a copy few.
 */
import { GLSL3, NoBlending, ShaderMaterial, Vector4, type WebGLRenderer, WebGLRenderTarget } from 'three';
import { FullScreenQuad } from 'three/addons/postprocessing/Pass.js';

/** Where a picture lies, in device pixels from the lower left: x, y, width, height. */
export type Box = Vector4;

const samples = 4;
/** A card that has not told by then may never tell. */
const mostMilliseconds = 2000;

export class Drawing {
  readonly #renderer: WebGLRenderer;
  readonly #target = new WebGLRenderTarget(1, 1, { samples });
  readonly #copy: ShaderMaterial;
  readonly #quad: FullScreenQuad;
  #boxes: Box[] = [];
  #atOnce = false;
  #fence: WebGLSync | null = null;
  /** When it was put up, in milliseconds. */
  #sent = 0;

  constructor(renderer: WebGLRenderer) {
    this.#renderer = renderer;
    this.#target.scissorTest = true;
    this.#copy = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: 'void main() { gl_Position = vec4(position.xy, 0.0, 1.0); }',
      fragmentShader: `uniform sampler2D drawn;
        out vec4 colour;
        void main() { colour = texelFetch(drawn, ivec2(gl_FragCoord.xy), 0); }`,
      uniforms: { drawn: { value: this.#target.texture } },
      blending: NoBlending,
      depthTest: false,
      depthWrite: false,
    });
    this.#quad = new FullScreenQuad(this.#copy);
  }

  get #gl(): WebGL2RenderingContext {
    return this.#renderer.getContext() as WebGL2RenderingContext;
  }

  /** Begins anew, with so many device pixels. `atOnce`: on the canvas itself, which has this size, without smooth lines. */
  begin(width: number, height: number, atOnce: boolean): void {
    this.forget();
    this.#boxes = [];
    this.#atOnce = atOnce;
    if (atOnce) this.#clearCanvas(width, height);
    else this.#target.setSize(width, height);
  }

  /** What is rendered next goes into this part of the drawing, which is cleared. */
  into(box: Box): void {
    const renderer = this.#renderer;
    if (this.#atOnce) {
      renderer.setViewport(this.#onCanvas(box));
      renderer.setScissor(this.#onCanvas(box));
      renderer.clearDepth();
      return;
    }
    this.#boxes.push(box);
    this.#target.viewport.copy(box);
    this.#target.scissor.copy(box);
    renderer.setRenderTarget(this.#target);
    renderer.clear();
  }

  /** Hands everything to the graphics card, which then works by itself. */
  send(): void {
    this.#renderer.setRenderTarget(null);
    this.#fence = this.#gl.fenceSync(this.#gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.#gl.flush();
    this.#sent = performance.now();
  }

  /** Whether something was sent that is not on the canvas. */
  get underWay(): boolean {
    return this.#fence !== null;
  }

  /** Or taken for it: who shows what is not waits for the rest. */
  get finished(): boolean {
    if (!this.#fence) return false;
    const done = this.#gl.getSyncParameter(this.#fence, this.#gl.SYNC_STATUS) === this.#gl.SIGNALED;
    return done || performance.now() - this.#sent > mostMilliseconds;
  }

  /** Brings the drawing to the canvas, whose size is the drawing's. */
  show(): void {
    this.forget();
    this.#clearCanvas(this.#target.width, this.#target.height);
    for (const box of this.#boxes) {
      this.#renderer.setScissor(this.#onCanvas(box));
      this.#quad.render(this.#renderer);
    }
  }

  #clearCanvas(width: number, height: number): void {
    const whole = this.#onCanvas(new Vector4(0, 0, width, height));
    this.#renderer.setRenderTarget(null);
    this.#renderer.setViewport(whole);
    this.#renderer.setScissor(whole);
    this.#renderer.clear();
  }

  /** In CSS pixels, in which the canvas is measured; drawings in memory are measured in device pixels. */
  #onCanvas(box: Box): Box {
    return box.clone().divideScalar(this.#renderer.getPixelRatio());
  }

  /** After this nothing is under way. */
  forget(): void {
    if (this.#fence) this.#gl.deleteSync(this.#fence);
    this.#fence = null;
  }

  /** Gives back all that lies on the graphics card, until the next beginning. */
  release(): void {
    this.forget();
    this.#target.dispose();
    this.#copy.dispose();
    this.#quad.dispose();
  }
}
