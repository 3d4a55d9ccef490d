import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFileCases } from '#main/engine/reference/files.ts';
import { runTimeCases } from '#main/engine/reference/times.ts';
import { sharedFolder } from '../../shared-folder.ts';

const folder = sharedFolder();

describe.skipIf(folder === null)('file and time cases', () => {
  const cases = join(folder ?? '', 'cases');

  it('agree with other software, and bad files are refused', async () => {
    const reports = await runFileCases(cases);
    expect(reports.filter(({ ok }) => !ok)).toEqual([]);
    expect(reports.length).toBeGreaterThan(18);
  });

  it('agree with cftime', async () => {
    const reports = await runTimeCases(cases);
    expect(reports.filter(({ ok }) => !ok)).toEqual([]);
    expect(reports.length).toBeGreaterThan(35);
  });
});
