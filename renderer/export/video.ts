/** Videos of what the window shows, frame by frame, with the encoders that the browser has. */
import { DriftcastError } from '#shared/errors.ts';

export type VideoKind = 'webm' | 'mp4';

/** In the order of preference: what plays in most programs, and what encodes well, first. */
const codecs = { webm: ['vp9', 'vp8', 'av1'], mp4: ['avc', 'hevc', 'av1', 'vp9'] } as const;

/** Containers for which this browser has an encoder for pictures of that size. */
export async function encodableKinds(width: number, height: number): Promise<VideoKind[]> {
  const { getFirstEncodableVideoCodec } = await import('mediabunny');
  const kinds: VideoKind[] = [];
  for (const kind of ['webm', 'mp4'] as const)
    if (await getFirstEncodableVideoCodec([...codecs[kind]], { width, height })) kinds.push(kind);
  return kinds;
}

export interface VideoOptions {
  kind: VideoKind;
  /** Keeps its size from the first frame on; both sides are even. */
  canvas: HTMLCanvasElement;
  frames: number;
  framesPerSecond: number;
  /** Brings a frame onto the canvas. */
  paint(frame: number): Promise<void>;
  progress(fraction: number): void;
  signal: AbortSignal;
}

/**
 * Paints and encodes every frame; each is shown for as long as the others.
 * @throws DriftcastError `unsupported` without an encoder; what the signal carries once it is aborted
 */
export async function recordVideo(options: VideoOptions): Promise<Blob> {
  const { kind, canvas, frames, framesPerSecond, signal } = options;
  await options.paint(0);
  const media = await import('mediabunny');
  const { width, height } = canvas;
  const codec = await media.getFirstEncodableVideoCodec([...codecs[kind]], { width, height });
  if (!codec)
    throw new DriftcastError(
      'unsupported',
      `This window has no encoder for ${kind === 'mp4' ? 'MP4' : 'WebM'} videos of ${width} × ${height} pixels.`,
      'Choose the other kind of video, or make the window smaller.',
    );
  const output = new media.Output({
    format: kind === 'mp4' ? new media.Mp4OutputFormat() : new media.WebMOutputFormat(),
    target: new media.BufferTarget(),
  });
  const source = new media.CanvasSource(canvas, {
    codec,
    bitrate: media.QUALITY_HIGH,
    sizeChangeBehavior: 'contain',
  });
  output.addVideoTrack(source, { frameRate: framesPerSecond });
  await output.start();
  try {
    for (let frame = 0; frame < frames; frame++) {
      signal.throwIfAborted();
      if (frame > 0) await options.paint(frame);
      signal.throwIfAborted();
      await source.add(frame / framesPerSecond, 1 / framesPerSecond);
      options.progress((frame + 1) / frames);
    }
    await output.finalize();
  } catch (thrown) {
    await output.cancel();
    throw thrown;
  }
  const { buffer } = output.target;
  if (!buffer)
    throw new DriftcastError('internal', 'The video came out empty.', 'Try the other kind of video.');
  return new Blob([buffer], { type: kind === 'mp4' ? 'video/mp4' : 'video/webm' });
}
