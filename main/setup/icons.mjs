/**
 * Draws resources/icons anew from the window's own icon (renderer/public/icon.svg) with an installed browser:
 * PNG for Linux and the tray, ICO for Windows, ICNS for macOS. Both containers hold PNGs as they are.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBrowser } from './browser.mjs';
import { endWith } from './command.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { createReport, SetupError } from './report.mjs';

const folder = join(root, 'resources', 'icons');
const windowsSizes = [16, 24, 32, 48, 64, 256];
/** Apple's names for the sizes of an ICNS. */
const macTypes = /** @type {const} */ ([
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
]);

/** @param {readonly { size: number, png: Buffer }[]} images @returns {Buffer} */
export function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // 256 is written as 0.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** @param {readonly { type: string, png: Buffer }[]} images @returns {Buffer} */
export function icns(images) {
  const parts = images.map(({ type, png }) => {
    const head = Buffer.from(`${type}0000`, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.from('icns0000', 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

/** @param {string} browser @param {string} work a folder for the way there @param {number} size pixels @returns {Promise<Buffer>} */
async function draw(browser, work, size) {
  const page = join(work, `${size}.html`);
  const picture = join(work, `${size}.png`);
  const svg = readFileSync(join(root, 'renderer', 'public', 'icon.svg'), 'utf8');
  const style = `html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}`;
  writeFileSync(page, `<!doctype html><style>${style}</style>${svg}`);
  const outcome = await run(
    browser,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-color-profile=srgb'],
      ...['--default-background-color=00000000', `--window-size=${size},${size}`, `--screenshot=${picture}`],
      pathToFileURL(page).href,
    ],
    { timeout: 60_000 },
  );
  const png = readFileSync(picture, { flag: 'a+' });
  if (png.readUInt32BE(16) !== size)
    throw new SetupError('other', `The browser drew no icon of ${size} pixels.`, outcome.stderr);
  return png;
}

if (process.argv[1] === import.meta.filename)
  await endWith(async () => {
    const browser = await ensureBrowser(createReport({ phases: 1 }));
    const work = mkdtempSync(join(tmpdir(), 'driftcast-icons-'));
    try {
      /** @type {Map<number, Buffer>} */
      const drawn = new Map();
      for (const size of new Set([...windowsSizes, ...macTypes.map(([, side]) => side)]))
        drawn.set(size, await draw(browser, work, size));
      const png = (/** @type {number} */ size) => /** @type {Buffer} */ (drawn.get(size));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'icon.png'), png(512));
      writeFileSync(join(folder, 'tray.png'), png(32));
      writeFileSync(join(folder, 'icon.ico'), ico(windowsSizes.map((size) => ({ size, png: png(size) }))));
      writeFileSync(
        join(folder, 'icon.icns'),
        icns(macTypes.map(([type, size]) => ({ type, png: png(size) }))),
      );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return 0;
  });
