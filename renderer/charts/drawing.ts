/** Pictures of shapes: described once, written as SVG or painted on a canvas. Lengths are CSS pixels. */

export type Shape =
  | {
      kind: 'path';
      points: readonly Point[];
      stroke: string;
      width: number;
      dash?: readonly number[];
      opacity?: number;
    }
  | { kind: 'area'; points: readonly Point[]; fill: string; opacity?: number }
  | { kind: 'box'; x: number; y: number; width: number; height: number; fill: string; opacity?: number }
  | { kind: 'dot'; x: number; y: number; radius: number; fill: string }
  | {
      kind: 'text';
      x: number;
      y: number;
      text: string;
      fill: string;
      size: number;
      anchor?: 'start' | 'middle' | 'end';
      bold?: boolean;
      /** Reads upwards. */
      upright?: boolean;
    };

export interface Point {
  x: number;
  y: number;
}

export interface Drawing {
  width: number;
  height: number;
  background: string;
  shapes: readonly Shape[];
}

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export function svgOf({ width, height, background, shapes }: Drawing): string {
  const body = shapes.map((shape) => `  ${element(shape)}\n`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(family)}">
  <rect width="${width}" height="${height}" fill="${escaped(background)}"/>
${body}</svg>
`;
}

const round = (value: number) => Number(value.toFixed(2));

function element(shape: Shape): string {
  const opacity = 'opacity' in shape && shape.opacity !== undefined ? ` opacity="${shape.opacity}"` : '';
  switch (shape.kind) {
    case 'path': {
      const dash = shape.dash ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '';
      return `<path d="${way(shape.points)}" fill="none" stroke="${escaped(shape.stroke)}" stroke-width="${shape.width}" stroke-linejoin="round"${dash}${opacity}/>`;
    }
    case 'area':
      return `<path d="${way(shape.points)}Z" fill="${escaped(shape.fill)}"${opacity}/>`;
    case 'box':
      return `<rect x="${round(shape.x)}" y="${round(shape.y)}" width="${round(shape.width)}" height="${round(shape.height)}" fill="${escaped(shape.fill)}"${opacity}/>`;
    case 'dot':
      return `<circle cx="${round(shape.x)}" cy="${round(shape.y)}" r="${shape.radius}" fill="${escaped(shape.fill)}"/>`;
    case 'text': {
      const [x, y] = [round(shape.x), round(shape.y)];
      const turn = shape.upright ? ` transform="rotate(-90 ${x} ${y})"` : '';
      return `<text x="${x}" y="${y}" font-size="${shape.size}" fill="${escaped(shape.fill)}" text-anchor="${shape.anchor ?? 'start'}"${shape.bold ? ' font-weight="600"' : ''}${turn}>${escaped(shape.text)}</text>`;
    }
  }
}

function way(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

/** @param scale device pixels in a CSS pixel */
export function paint(context: CanvasRenderingContext2D, drawing: Drawing, scale: number): void {
  context.save();
  context.scale(scale, scale);
  context.fillStyle = drawing.background;
  context.fillRect(0, 0, drawing.width, drawing.height);
  for (const shape of drawing.shapes) {
    context.save();
    paintShape(context, shape);
    context.restore();
  }
  context.restore();
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape): void {
  if ('opacity' in shape) context.globalAlpha = shape.opacity ?? 1;
  switch (shape.kind) {
    case 'path':
    case 'area': {
      context.beginPath();
      for (const { x, y } of shape.points) context.lineTo(x, y);
      if (shape.kind === 'area') {
        context.fillStyle = shape.fill;
        context.fill();
        return;
      }
      context.lineJoin = 'round';
      context.lineWidth = shape.width;
      context.strokeStyle = shape.stroke;
      context.setLineDash([...(shape.dash ?? [])]);
      context.stroke();
      return;
    }
    case 'box':
      context.fillStyle = shape.fill;
      context.fillRect(shape.x, shape.y, shape.width, shape.height);
      return;
    case 'dot':
      context.fillStyle = shape.fill;
      context.beginPath();
      context.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
      context.fill();
      return;
    case 'text':
      context.fillStyle = shape.fill;
      context.font = `${shape.bold ? '600 ' : ''}${shape.size}px ${family}`;
      context.textAlign = ({ start: 'left', middle: 'center', end: 'right' } as const)[
        shape.anchor ?? 'start'
      ];
      context.translate(shape.x, shape.y);
      if (shape.upright) context.rotate(-Math.PI / 2);
      context.fillText(shape.text, 0, 0);
  }
}
