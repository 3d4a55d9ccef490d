/**
 * Pictures to take away: panes as they stand on the stage, each with its title, its colour bar with ticks and units, under
 * a heading and over a caption. Lengths are CSS pixels; the canvas has `scale` times as many.
 */
import { niceTicks } from '../charts/scales.ts';
import type { ColourTable } from '../scenes/colour-tables.ts';
import type { FieldStage } from '../scenes/field-stage.ts';
import { exactDecimals, formatNumber, formatSigned } from '../text/numbers.ts';
import { paintOverlay } from './overlay.ts';

export interface FigurePane {
  title: string;
  note: string;
  /** The pane on the page; the stage knows which picture lies in it. */
  element: Element;
  table: ColourTable;
  min: number;
  max: number;
  signed: boolean;
  quantity: string;
  units: string;
}

export interface Figure {
  title: string;
  subtitle: string;
  /** What a reader needs who has this picture alone. */
  caption: readonly string[];
  columns: number;
  panes: readonly FigurePane[];
}

export interface FigureColours {
  ink: string;
  soft: string;
  panel: string;
}

const margin = 18;
const gap = 16;
const headHeight = 46;
const titleHeight = 24;
/** Where a title and its note do not fit into one line. */
const tallTitleHeight = 40;
const barHeight = 42;
const captionLine = 15;
const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** Video encoders take even sizes alone. */
const even = (value: number) => 2 * Math.ceil(value / 2);

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where everything lies, from the sizes of the pictures alone. */
export function layoutFigure(
  pictures: readonly { width: number; height: number }[],
  columns: number,
  captionLines: number,
  head = titleHeight,
): { width: number; height: number; panes: Box[]; captionTop: number } {
  const across = Math.max(1, Math.min(columns, pictures.length));
  const width = Math.max(260, ...pictures.map((picture) => picture.width));
  const height = Math.max(40, ...pictures.map((picture) => picture.height));
  const rows = Math.max(1, Math.ceil(pictures.length / across));
  const row = head + height + barHeight;
  const panes = pictures.map((picture, at) => ({
    x: margin + (at % across) * (width + gap) + (width - picture.width) / 2,
    y: margin + headHeight + Math.floor(at / across) * (row + gap) + head,
    ...picture,
  }));
  const captionTop = margin + headHeight + rows * (row + gap) - gap + 8;
  return {
    width: even(2 * margin + across * width + (across - 1) * gap),
    height: even(captionTop + captionLines * captionLine + margin),
    panes,
    captionTop,
  };
}

/** Paints into `canvas`, which takes the figure's size. @returns false where the stage cannot draw */
export function paintFigure(
  canvas: HTMLCanvasElement,
  figure: Figure,
  stage: FieldStage,
  colours: FigureColours,
  scale: number,
): boolean {
  const pictures = figure.panes.map(({ element }) => stage.pictureIn(element));
  const sizes = figure.panes.map(({ element }, at) => {
    const { width, height } = (pictures[at] ?? element).getBoundingClientRect();
    return { width, height };
  });
  const context = canvas.getContext('2d');
  if (!context) return false;
  const columns = Math.min(figure.columns, figure.panes.length);
  const inner = columns * Math.max(260, ...sizes.map(({ width }) => width)) + (columns - 1) * gap;
  context.font = `11px ${family}`;
  const caption = figure.caption.flatMap((line) => wrapped(context, line, inner));
  /** What is right of a picture's left edge in its column. */
  const room = (at: number) => {
    const column = Math.max(260, ...sizes.map(({ width }) => width));
    return (column + (sizes[at]?.width ?? column)) / 2;
  };
  const tall = figure.panes.some(({ title, note }, at) => {
    context.font = `600 13px ${family}`;
    const taken = context.measureText(title).width + 10;
    context.font = `12px ${family}`;
    return taken + context.measureText(note).width > room(at);
  });
  const layout = layoutFigure(sizes, figure.columns, caption.length, tall ? tallTitleHeight : titleHeight);
  canvas.width = even(layout.width * scale);
  canvas.height = even(layout.height * scale);
  context.scale(scale, scale);
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, layout.width, layout.height);
  const write = writer(context);
  write(figure.title, margin, margin + 15, { size: 16, bold: true, colour: colours.ink, most: inner });
  write(figure.subtitle, margin, margin + 33, { size: 12, colour: colours.soft, most: inner });
  const drawn = stage.snapshot(scale, (source) => {
    const origin = source.getBoundingClientRect();
    for (const [at, picture] of pictures.entries()) {
      const place = layout.panes[at];
      if (!picture || !place) continue;
      const from = picture.getBoundingClientRect();
      context.drawImage(
        source,
        (from.left - origin.left) * scale,
        (from.top - origin.top) * scale,
        from.width * scale,
        from.height * scale,
        place.x,
        place.y,
        place.width,
        place.height,
      );
      paintOverlay(context, picture, place);
    }
    return true;
  });
  for (const [at, pane] of figure.panes.entries()) {
    const place = layout.panes[at];
    if (!place) continue;
    const title = place.y - (tall ? 24 : 8);
    const taken = write(pane.title, place.x, title, { size: 13, bold: true, colour: colours.ink });
    const before = tall ? 0 : taken + 10;
    write(pane.note, place.x + before, place.y - 8, {
      size: tall ? 11 : 12,
      colour: colours.soft,
      most: room(at) - before,
    });
    const bar = { x: place.x, y: place.y + place.height + 8, width: place.width, height: 9 };
    paintColourBar(context, pane, bar, colours, write);
  }
  caption.forEach((line, at) => {
    write(line, margin, layout.captionTop + (at + 1) * captionLine, { size: 11, colour: colours.soft });
  });
  return drawn ?? false;
}

function paintColourBar(
  context: CanvasRenderingContext2D,
  { table, min, max, signed, quantity, units }: FigurePane,
  bar: Box,
  colours: FigureColours,
  write: ReturnType<typeof writer>,
): void {
  for (let at = 0; at < 256; at++) {
    const [red, green, blue] = table.rgba.subarray(4 * at, 4 * at + 3);
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    // A little too wide, so that no seam shows between neighbours.
    const left = bar.x + (bar.width * at) / 256;
    context.fillRect(left, bar.y, Math.min(bar.width / 256 + 0.6, bar.x + bar.width - left), bar.height);
  }
  const inner = niceTicks(min, max, 4).filter(
    (tick) => tick > min + 0.12 * (max - min) && tick < max - 0.12 * (max - min),
  );
  const ticks = [min, ...inner, max];
  const decimals = exactDecimals(...ticks);
  for (const tick of ticks) {
    const x = bar.x + (bar.width * (tick - min)) / (max - min);
    context.fillStyle = colours.soft;
    context.fillRect(Math.min(x, bar.x + bar.width - 1), bar.y + bar.height, 1, 3);
    const text = tick === 0 ? '0' : signed ? formatSigned(tick, decimals) : formatNumber(tick, decimals);
    const anchor = tick === min ? 'left' : tick === max ? 'right' : 'center';
    write(text, x, bar.y + bar.height + 13, { size: 11, colour: colours.soft, anchor });
  }
  // Where there is little room the quantity is cut short, never its unit.
  const end = quantity && units ? `, ${units}` : units;
  context.font = `11px ${family}`;
  const title = shortened(context, quantity, bar.width - context.measureText(end).width) + end;
  write(title, bar.x + bar.width / 2, bar.y + bar.height + 27, {
    size: 11,
    colour: colours.ink,
    anchor: 'center',
  });
}

interface Style {
  size: number;
  colour: string;
  bold?: boolean;
  anchor?: CanvasTextAlign;
  /** Cut with an ellipsis beyond this width. */
  most?: number;
}

/** Writes text and answers its width. */
function writer(context: CanvasRenderingContext2D) {
  return (
    text: string,
    x: number,
    y: number,
    { size, colour, bold, anchor = 'left', most }: Style,
  ): number => {
    context.font = `${bold ? '600 ' : ''}${size}px ${family}`;
    context.textAlign = anchor;
    context.textBaseline = 'alphabetic';
    context.fillStyle = colour;
    const shown = most === undefined ? text : shortened(context, text, most);
    context.fillText(shown, x, y);
    return context.measureText(shown).width;
  };
}

/** Cut with an ellipsis where it is wider, in the context's font. */
function shortened(context: CanvasRenderingContext2D, text: string, most: number): string {
  let shown = text;
  while (shown !== '' && shown !== '…' && context.measureText(shown).width > most)
    shown = `${shown.replace(/…$/, '').slice(0, -1).trimEnd()}…`;
  return shown;
}

function wrapped(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
