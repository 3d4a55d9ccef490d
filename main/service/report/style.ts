/** The looks of a report: light and dark by the reader's own choice, and plain on paper. */

const light = `
  --paper: #ffffff; --panel: #f6f7f9; --line: #dfe3e8; --ink: #16202c; --soft: #566270; --accent: #0b6bcb;
  --good: #0f7b4b; --land: #d8dde2;
  --s0: #0b6bcb; --s1: #b4530a; --s2: #0f7b6c; --s3: #8a3ab9; --s4: #c02b57; --s5: #6b7200; --s6: #2f4858; --s7: #007f9e;`;
const dark = `
  --paper: #0e1319; --panel: #151b23; --line: #2b3541; --ink: #e6ebf1; --soft: #9dabba; --accent: #5aa9f5;
  --good: #46c98a; --land: #2b343f;
  --s0: #5aa9f5; --s1: #f0a030; --s2: #3cc7b0; --s3: #c792ea; --s4: #ff7a9c; --s5: #c5cc4a; --s6: #b6c7d6; --s7: #4fd0ee;`;

/** Looks of curves: trained runs have colours, references are grey with a dash of their own. */
export const runLooks = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'] as const;
export const referenceLooks: Readonly<Record<string, string>> = {
  climatology: 'r0',
  'anomaly-persistence': 'r1',
  persistence: 'r2',
};

const series = runLooks
  .map(
    (look) =>
      `.curve.${look}{stroke:var(--${look})}.dot.${look},.bar.${look},.swatch.${look}{fill:var(--${look})}.band.${look}{fill:var(--${look})}`,
  )
  .join('\n');

export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1200px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.25; letter-spacing: -0.01em; }
h2 { margin: 44px 0 6px; padding-top: 18px; border-top: 1px solid var(--line); font-size: 19px; }
h3 { margin: 0 0 6px; font-size: 14px; }
p { margin: 6px 0; max-width: 78ch; }
.soft, figcaption, caption { color: var(--soft); }
.lead { font-size: 16px; }
.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 16px 0 4px; padding: 0; list-style: none; }
.facts span { display: block; color: var(--soft); font-size: 12px; }
.finding { margin: 20px 0 0; padding: 12px 16px; border-left: 4px solid var(--accent); border-radius: 4px; background: var(--panel); max-width: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 12px 0; font-size: 13px; }
caption { padding-bottom: 6px; text-align: left; }
th, td { padding: 6px 6px; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; white-space: normal; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
thead .group { border-bottom: 2px solid var(--line); text-align: center; }
tbody th { min-width: 9.5em; font-weight: 600; }
th small, td small { display: block; color: var(--soft); font-size: 10.5px; font-weight: 400; }
tr.reference th { font-weight: 400; }
.best { color: var(--good); font-weight: 700; }
.swatch-line { width: 26px; height: 10px; margin-right: 6px; vertical-align: 1px; }
.grid-2 { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 18px; margin-top: 16px; }
.grid-4 { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 18px; margin-top: 16px; }
figure { margin: 0; break-inside: avoid; }
.chart { padding: 14px 16px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
.chart > svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 6px; font-size: 12px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-bottom: 4px; color: var(--ink); }
.entry { display: inline-flex; align-items: center; gap: 6px; }
.key { width: 26px; height: 10px; flex: none; }
text { fill: var(--soft); font-size: 11px; font-family: inherit; }
text.label { fill: var(--ink); font-size: 12px; }
.grid { stroke: var(--line); }
.grid.faint { stroke-opacity: 0.5; }
.axis { stroke: var(--soft); }
.ideal { stroke: var(--ink); stroke-dasharray: 2 4; stroke-opacity: 0.7; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.band { stroke: none; fill-opacity: 0.17; }
.dot:hover { stroke: var(--ink); opacity: 1; }
.bar { fill-opacity: 0.8; }
${series}
.curve.r0, .curve.r1, .curve.r2, .curve.truth, .curve.mean { stroke: var(--soft); stroke-width: 1.7; }
.curve.r0 { stroke-dasharray: 9 4; } .curve.r1 { stroke-dasharray: 5 3; } .curve.r2 { stroke-dasharray: 1.5 4; }
.dot.r0, .dot.r1, .dot.r2, .dot.mean { fill: var(--soft); } .band.r0, .band.r1, .band.r2 { fill: var(--soft); fill-opacity: 0.1; }
.curve.truth { stroke: var(--ink); stroke-width: 2.2; } .dot.truth { fill: var(--ink); }
.curve.mean { stroke-dasharray: 6 4; }
.maps { display: grid; grid-template-columns: auto repeat(4, minmax(120px, 1fr)); gap: 8px 10px; align-items: center; font-size: 12px; }
.maps .head { font-weight: 600; }
.maps .lead-name { max-width: 90px; color: var(--soft); }
.shown { display: block; width: 100%; height: auto; }
.maps img { display: block; width: 100%; border: 1px solid var(--line); border-radius: 4px; background: repeating-linear-gradient(45deg, var(--land) 0 6px, var(--panel) 6px 8px); image-rendering: pixelated; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.colour-bar { align-self: start; }
.ramp { height: 10px; border-radius: 3px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.ramp-ticks { position: relative; height: 17px; margin-top: 2px; color: var(--soft); font-size: 11px; }
.ramp-ticks span { position: absolute; transform: translateX(-50%); }
.ramp-label { font-size: 11px; }
details { margin: 10px 0; }
summary { cursor: pointer; color: var(--accent); }
pre { overflow-x: auto; padding: 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); font-size: 12px; line-height: 1.4; }
code { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(150px, auto) 1fr; gap: 6px 20px; margin: 12px 0; font-size: 14px; }
dt { font-weight: 600; } dd { margin: 0; color: var(--soft); max-width: 80ch; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
@media (max-width: 640px) { main { padding: 20px 14px; } .maps { grid-template-columns: repeat(2, 1fr); } .maps .head, .maps .corner { display: none; } .maps .lead-name { grid-column: 1 / -1; max-width: none; } dl { grid-template-columns: 1fr; } }
@media print {
  :root { color-scheme: light; ${light} }
  body { font-size: 11px; } main { max-width: none; padding: 0; } h2 { break-after: avoid; }
  .chart { border-color: #ccc; background: none; } details > summary { color: inherit; }
  .scroll { overflow: visible; } table { font-size: 10px; } th, td { padding: 3px 5px; }
}
`;
