/**
 * Takes the pictures of the guide: every place of the window, light and dark, with the samples that come along. It
 * drives the app as a person would, so a picture that cannot be taken tells of a button that is gone.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readyMaps, startApp, type TestApp } from '../e2e/app.ts';
import { untilQuiet } from '../e2e/quiet.ts';

const patience = { timeout: 900_000 };
const root = resolve(import.meta.dirname, '..', '..');
const folder = join(root, 'resources', 'docs', 'pictures');
const size = { width: 1280, height: 800 };

/** Names after `--only`; a picture that goes on from another needs that one too. */
const only = process.argv[2] === '--only' ? process.argv.slice(3) : [];

const app = await startApp();
const { page } = app;
await page.setViewportSize(size);
await mkdir(folder, { recursive: true });
try {
  for (const [name, scene] of Object.entries(scenes(app))) {
    if (only.length > 0 && !only.includes(name)) continue;
    await scene();
    await take(name);
  }
} finally {
  await app.close();
}
for (const complaint of app.complaints) console.error(complaint);
process.exitCode = app.complaints.length > 0 ? 1 : 0;

async function take(name: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    while (!(await page.getByRole('button', { name: `Theme: ${theme}` }).isVisible()))
      await page.getByRole('button', { name: /^Theme:/ }).click();
    await page.mouse.move(size.width / 2, 2);
    await untilQuiet(page, 800);
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
    console.error(`${name}-${theme}.png`);
  }
}

/** In this order; each goes on from where the one before has left the window. */
function scenes({ page }: TestApp): Record<string, () => Promise<void>> {
  const place = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const maps = (count: number) => readyMaps(page, count, patience);
  /** The Data place with no file open. */
  const anew = async () => {
    await page.goto(new URL('/#/data', app.url).href);
    await page.reload();
  };
  const openSample = async (title: string) => {
    await anew();
    await page.getByRole('button', { name: `Open the sample: ${title}` }).click();
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
  };
  const forecast = async (members: number) => {
    await page.getByRole('spinbutton', { name: 'Members' }).fill(String(members));
    await page.getByRole('button', { name: 'Run the forecast' }).click();
    await page.getByRole('heading', { name: 'Ensemble mean' }).waitFor(patience);
  };
  const nearMiddle = async () => {
    const box = (await page.getByTestId('map').first().boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.6, box.y + box.height * 0.4);
  };
  const press = async (key: string, times: number) => {
    await page.getByTestId('now').click();
    for (let n = 0; n < times; n++) await page.keyboard.press(key);
  };
  const settle = () => untilQuiet(page, 3000);
  return {
    start: async () => {
      await page.getByText(/TensorFlow CPU|JavaScript/).waitFor(patience);
    },
    forecast: async () => {
      await openSample('Surface ocean');
      await maps(1);
      await page.getByRole('button', { name: 'Measure' }).click();
      await page.getByRole('slider', { name: /^Sampling schedule/ }).waitFor(patience);
      await settle();
    },
    compare: async () => {
      if (!(await page.getByRole('button', { name: 'Run the forecast' }).isVisible()))
        await openSample('Surface ocean');
      await forecast(20);
      await maps(4);
      await nearMiddle();
      await press('ArrowRight', 4);
      await settle();
    },
    scores: async () => {
      await page.getByRole('tab', { name: 'Scores' }).click();
      await settle();
    },
    data: async () => {
      await openSample('Surface ocean');
      await place('Data');
      await maps(1);
      await press('Shift+ArrowRight', 20);
      await settle();
    },
    globe: async () => {
      await page.getByRole('button', { name: 'Globe', exact: true }).click();
      await settle();
    },
    train: async () => {
      await openSample('Spring mesh');
      await place('Train');
      await page.getByLabel(/^Fair CRPS on the validation split\. Best \d/).waitFor(patience);
      await settle();
    },
    library: async () => {
      await place('Library');
      await settle();
    },
    simulate: async () => {
      await anew();
      await page.getByRole('button', { name: 'Simulate…' }).click();
      await page.getByRole('radio', { name: /^Navier–Stokes/ }).click();
      await settle();
    },
    flow: async () => {
      await anew();
      await page
        .getByLabel('NetCDF file')
        .setInputFiles(join(root, 'resources', 'samples', 'navier-stokes.nc'));
      await maps(1);
      await page.getByLabel('Quantity shown').selectOption('vorticity');
      await page.getByRole('heading', { name: 'Vorticity' }).waitFor();
      await press('End', 1);
      await settle();
    },
    mesh: async () => {
      await openSample('Spring mesh');
      await forecast(8);
      await page.locator('[data-testid=mesh-view][data-ready=true]').nth(1).waitFor(patience);
      await press('Shift+ArrowRight', 10);
      await settle();
    },
  };
}
