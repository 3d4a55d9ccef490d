/** From an empty workspace to a sample with one click: to its forecast where a model comes with it, else to its data. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './app.ts';

const models = join(import.meta.dirname, '..', '..', 'resources', 'pretrained');
const hasModel = (name: string) => existsSync(join(models, name, 'model.json'));
const patience = { timeout: 120_000 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('a sample', () => {
  it('is offered for each system where no file is open', async () => {
    for (const title of ['Flow around obstacles', 'Spring mesh', 'Surface ocean'])
      await app.page.getByRole('button', { name: `Open the sample: ${title}` }).waitFor();
  });

  it('is one click away from its data, or from a forecast where a model comes with it', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Open the sample: Surface ocean' }).click();
    if (hasModel('surface-ocean'))
      await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    else await page.getByText(/^No trained model comes with this installation/).waitFor(patience);
    await page.locator('[data-testid=map][data-ready=true]').first().waitFor(patience);
    await page.getByLabel(/^Dataset: Surface ocean/).waitFor();
    expect(app.complaints).toEqual([]);
  });

  it.runIf(hasModel('surface-ocean'))('is forecast from the test split, however soon one asks', async () => {
    const { page } = app;
    await page.reload();
    await page.getByRole('button', { name: 'Run the forecast' }).click(patience);
    await page.getByText('start 1 Aug 2002').waitFor(patience);
    expect(app.complaints).toEqual([]);
  });

  it.runIf(hasModel('spring-mesh'))('that is opened while it is being deleted stays', async () => {
    const { page } = app;
    const place = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const open = async () => {
      await place('Data');
      const another = page.getByRole('button', { name: 'Open another…' });
      const card = page.getByRole('button', { name: 'Open the sample: Spring mesh' });
      await another.or(card).first().waitFor(patience);
      // By keys, which reach what the notice of the deletion covers.
      if (await another.isVisible()) await another.press('Enter');
      await card.press('Enter');
      await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    };
    await open();
    await place('Library');
    await page.getByRole('button', { name: 'Delete Spring mesh, pretrained' }).click();
    await page.getByText('“Spring mesh, pretrained” is being deleted.').waitFor();
    await open();
    await page.getByText('is being deleted').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor();
    await page.getByLabel(/^Run: Spring mesh, pretrained/).waitFor();
    expect(app.complaints).toEqual([]);
  });
});
