/** Rank histograms as inline SVG: flat where the ensemble is reliable. */
import { html, type Markup, place } from './html.ts';
import { figure } from './numbers.ts';

const size = { width: 300, height: 150, left: 8, right: 8, top: 10, bottom: 28 };

export function rankHistogram(title: string, counts: readonly number[], look: string): Markup {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const even = 1 / counts.length;
  const top = Math.max(even, ...counts.map((count) => count / total)) * 1.06;
  const base = size.height - size.bottom;
  const step = (size.width - size.left - size.right) / counts.length;
  const height = (share: number) => (share / top) * (base - size.top);
  const percent = (share: number) => `${figure(100 * share, 2)} %`;
  const outside = ((counts[0] ?? 0) + (counts.at(-1) ?? 0)) / total;
  const gap = step > 4 ? 1 : 0;
  return html`<figure class="chart small">
<h3>${title}</h3>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Rank histogram of ${title}: ${percent(outside)} of the truth lie outside of all members, ${percent(2 * even)} would in a reliable ensemble.">
${counts.map((count, rank) => {
  const tall = height(count / total);
  return html`<rect class="bar ${look}" x="${place(size.left + rank * step)}" y="${place(base - tall)}" width="${place(step - gap)}" height="${place(tall)}"><title>rank ${rank + 1} of ${counts.length}: ${percent(count / total)}</title></rect>`;
})}
<line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${base}" y2="${base}"/>
<line class="ideal" x1="${size.left}" x2="${size.width - size.right}" y1="${place(base - height(even))}" y2="${place(base - height(even))}"/>
<text class="tick" x="${size.left}" y="${base + 16}">below all members</text>
<text class="tick" x="${size.width - size.right}" y="${base + 16}" text-anchor="end">above all</text>
</svg>
<figcaption>${percent(outside)} outside of all members; ${percent(2 * even)} if reliable.</figcaption>
</figure>`;
}
