/** Rounding to significant bits: how far values move, what does not move, and what a file says about it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitRound, bitRoundError } from '#main/data/bitRound.ts';
import { attributeNumbers, attributeText } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { findVariable } from '#main/data/openFile.ts';
import { createSimulationWriter } from '#main/data/simulationWriter.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const bits = fc.integer({ min: 1, max: 23 });
const numbers = fc.array(fc.float(), { minLength: 1, maxLength: 40 }).map((list) => Float32Array.from(list));
const smallestNormal = 2 ** -126;
const isNegative = (value: number) => value < 0 || Object.is(value, -0);

describe('rounding to significant bits', () => {
  it('moves no normal number by more than half a unit of the last kept bit', () => {
    fc.assert(
      fc.property(numbers, bits, (values, kept) => {
        const rounded = bitRound(values, kept);
        values.forEach((value, i) => {
          if (!Number.isFinite(value) || Math.abs(value) < smallestNormal) return;
          // Numbers next to the largest one are cut off, which may take a whole unit.
          const most = Math.abs(value) > 1.7e38 ? 2 : 1;
          expect(Math.abs(rounded[i]! - value)).toBeLessThanOrEqual(
            most * bitRoundError(kept) * Math.abs(value),
          );
        });
      }),
    );
  });

  it('does nothing more the second time, and keeps NaN, infinities, zeros and signs', () => {
    fc.assert(
      fc.property(numbers, bits, (values, kept) => {
        const once = bitRound(values, kept);
        expect([...bitRound(once, kept)]).toEqual([...once]);
        values.forEach((value, i) => {
          if (Number.isFinite(value)) expect(Number.isFinite(once[i]!)).toBe(true);
          else expect(once[i]).toBe(value);
          expect(isNegative(once[i]!)).toBe(isNegative(value));
        });
      }),
    );
    expect([...bitRound(Float32Array.of(0, -0, Number.NaN, Infinity, -Infinity), 3)]).toEqual([
      ...[0, -0, Number.NaN, Infinity, -Infinity],
    ]);
  });

  it('rounds ties to even and leaves the argument alone', () => {
    const values = Float32Array.of(1.125, 1.375, -1.125, 1.1, 3.4028234663852886e38);
    expect([...bitRound(values, 2)]).toEqual([1, 1.5, -1, 1, 2 ** 127 * 1.75]);
    expect(values[0]).toBe(1.125);
    expect([...bitRound(values, 23)]).toEqual([...values]);
  });
});

describe('a simulation that is rounded', () => {
  const side = 32;
  const cells = side * side;
  const frames = Float32Array.from({ length: 20 * cells }, (_, i) =>
    i === 5 ? Number.NaN : 15 + Math.sin(i * 0.37) + Math.cos(i * i),
  );

  async function write(path: string, significantBits: number | null): Promise<number> {
    const axis = (name: string, size: number) => ({
      name,
      values: Float64Array.from({ length: size }, (_, i) => i),
      attributes: { units: '1' },
    });
    const writer = await createSimulationWriter(path, {
      variables: [{ name: 'u', longName: 'velocity', standardName: '', units: 'm s-1' }],
      time: axis('time', 20),
      space: [axis('y', side), axis('x', side)],
      tables: [],
      trajectories: null,
      attributes: { title: 'test' },
      rounding: significantBits === null ? null : { significantBits, version: '1.2.3' },
    });
    writer.writeFrames(0, 0, 20, [frames]);
    await writer.close();
    const file = await openDataFile(path);
    try {
      const variable = findVariable(file, 'u');
      const values = await file.read(variable, [0, 0, 0], [20, side, side]);
      const exact = significantBits === null;
      expect([...values]).toEqual([...(exact ? frames : bitRound(frames, significantBits))]);
      expect(attributeText(file.attributes, 'Conventions')).toBe(exact ? 'CF-1.11' : 'CF-1.12');
      expect(attributeText(variable.attributes, 'quantization')).toBe(exact ? '' : 'quantization_info');
      if (!exact) {
        expect(attributeNumbers(variable.attributes, 'quantization_nsb')).toEqual([significantBits]);
        expect(attributeNumbers(variable.attributes, 'quantization_maximum_relative_error')).toEqual([
          bitRoundError(significantBits),
        ]);
        const { attributes } = findVariable(file, 'quantization_info');
        expect(attributeText(attributes, 'algorithm')).toBe('bitround');
        expect(attributeText(attributes, 'implementation')).toBe('Driftcast 1.2.3');
      }
      const summary = await inspectFile(path, { statistics: false });
      expect(summary.variables.filter(({ forecastable }) => forecastable).map(({ name }) => name)).toEqual([
        'u',
      ]);
      return (await stat(path)).size;
    } finally {
      await file.close();
    }
  }

  it('says so by the conventions, is smaller, and is still found to hold one field', async () => {
    const folder = await temporaryFolder();
    const exact = await write(join(folder, 'exact.nc'), null);
    expect(await write(join(folder, 'rounded.nc'), 7)).toBeLessThan(0.8 * exact);
  });
});
