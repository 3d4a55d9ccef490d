/** Paints what lies over a picture on the page, its labels and rings, the way the page shows it. */

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
  for (const element of picture.querySelectorAll<HTMLElement>('span')) {
    const style = getComputedStyle(element);
    if (style.visibility === 'hidden' || style.display === 'none' || Number(style.opacity) === 0) continue;
    const box = element.getBoundingClientRect();
    const left = place.x + box.left - origin.left;
    const top = place.y + box.top - origin.top;
    if (style.borderRadius === '50%') paintRing(context, style, { left, top, size: box.width });
    else if (element.childElementCount === 0 && element.textContent?.trim()) {
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
