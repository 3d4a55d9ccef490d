/**
 * What the stage asks of a picture, whatever kind it is: one renderer draws maps, flows and meshes alike, each into the
 * part of the canvas that its element covers. A kind of picture is one class of its own file.
 */
import type { Camera, Scene } from 'three';

/** Of the style sheet, as CSS writes them; each kind takes those that it draws with. */
export interface SceneColours {
  land: string;
  hatch: string;
  coast: string;
  ink: string;
  soft: string;
  panel: string;
  accent: string;
}

/** The part of the canvas that a picture covers, in CSS pixels, and the device pixels in each of them. */
export interface PictureSize {
  width: number;
  height: number;
  ratio: number;
}

export interface StagePicture {
  readonly element: HTMLElement;
  /** Whether there is something to draw. */
  readonly shown: boolean;
  readonly scene: Scene;
  readonly camera: Camera;
  /**
   * Device pixels in a CSS pixel with which all that a picture of this width has to show is seen, while it shows a field
   * that passes; absent where every pixel of the screen counts.
   */
  enough?(width: number): number | null;
  /** Right before each drawing. @returns whether it moves by itself, so that the stage draws again with the next frame */
  prepare(size: PictureSize, now: number): boolean;
  setColours(colours: SceneColours): void;
  /** Gives back everything that lies on the graphics card. */
  dispose(): void;
}

/** Makes a picture; `changed` asks the stage to draw. */
export type MakePicture<Kind extends StagePicture> = (element: HTMLElement, changed: () => void) => Kind;
