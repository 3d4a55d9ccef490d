/** Paints what lies over a picture on the page, its labels, rings, boxes and lines, the way the page shows it. */

interface Place {
  x: number;
  y: number;
}

/** @param place where the picture's upper left corner lies on the canvas */
export function paintOverlay(context: CanvasRenderingContext2D, picture: HTMLElement, place: Place): void {
  const origin = picture.getBoundingClientRect();
  context.save();
  context.beginPath();
  context.rect(place.x, place.y, origin.width, origin.height);
  context.clip();
  for (const shape of picture.querySelectorAll<SVGElement>('svg [data-painted]'))
    paintShape(context, shape, { ...place, width: origin.width, height: origin.height });
  for (const element of picture.querySelectorAll<HTMLElement>('span')) {
    const style = getComputedStyle(element);
    if (style.visibility === 'hidden' || style.display === 'none' || Number(style.opacity) === 0) continue;
    const box = element.getBoundingClientRect();
    const left = place.x + box.left - origin.left;
    const top = place.y + box.top - origin.top;
    if (style.borderRadius === '50%') {
      paintRing(context, style, { left, top, size: box.width });
      const name = element.textContent?.trim() ?? '';
      if (name !== '') paintName(context, style, name, { left, top, size: box.width });
    } else if (element.childElementCount === 0 && element.textContent?.trim()) {
      context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      context.textBaseline = 'middle';
      context.textAlign = 'left';
      if (style.textShadow !== 'none') {
        context.strokeStyle = 'rgb(0 0 0 / 0.6)';
        context.lineWidth = 3;
        context.lineJoin = 'round';
        context.strokeText(element.textContent.trim(), left, top + box.height / 2);
      }
      context.fillStyle = style.color;
      context.fillText(element.textContent.trim(), left, top + box.height / 2);
    }
  }
  context.restore();
}

/** A rectangle, a line or a path whose coordinates are shares of the picture. */
function paintShape(
  context: CanvasRenderingContext2D,
  shape: SVGElement,
  frame: Place & { width: number; height: number },
): void {
  const share = (name: string) => Number(shape.getAttribute(name));
  const style = getComputedStyle(shape);
  context.strokeStyle = style.stroke;
  context.lineWidth = Number.parseFloat(style.strokeWidth);
  if (shape.tagName === 'path') {
    const path = new Path2D();
    const place = new DOMMatrix([frame.width, 0, 0, frame.height, frame.x, frame.y]);
    path.addPath(new Path2D(shape.getAttribute('d') ?? ''), place);
    context.stroke(path);
    return;
  }
  context.beginPath();
  if (shape.tagName === 'line') {
    context.moveTo(frame.x + share('x1') * frame.width, frame.y + share('y1') * frame.height);
    context.lineTo(frame.x + share('x2') * frame.width, frame.y + share('y2') * frame.height);
  } else
    context.rect(
      frame.x + share('x') * frame.width,
      frame.y + share('y') * frame.height,
      share('width') * frame.width,
      share('height') * frame.height,
    );
  context.stroke();
}

/** A letter on a disc. */
function paintName(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  name: string,
  { left, top, size }: { left: number; top: number; size: number },
): void {
  context.beginPath();
  context.arc(left + size / 2, top + size / 2, size / 2 - 1, 0, 2 * Math.PI);
  context.fillStyle = style.backgroundColor;
  context.fill();
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = style.color;
  context.fillText(name, left + size / 2, top + size / 2 + 0.5);
}

function paintRing(
  context: CanvasRenderingContext2D,
  style: CSSStyleDeclaration,
  { left, top, size }: { left: number; top: number; size: number },
): void {
  const width = Number.parseFloat(style.borderTopWidth);
  if (!(width > 0)) return;
  const stroke = (colour: string, thickness: number) => {
    context.beginPath();
    context.arc(left + size / 2, top + size / 2, (size - width) / 2, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.stroke();
  };
  // The shadow on both sides keeps the ring visible on any colour.
  if (style.boxShadow !== 'none') stroke('#16202c', width + 3);
  stroke(style.borderTopColor, width);
}
