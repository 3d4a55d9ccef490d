/** Spectra of fields whose power is known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rings, SpectrumAccumulator, spectrumLeads } from '#main/engine/verification/spectrum.ts';
import { Random } from '#shared/random.ts';

const channel = [{ name: 'sst', units: 'K' }];

function noise(size: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
}

function joined(...fields: Float32Array[]): Float32Array {
  return Float32Array.from(fields.flatMap((field) => [...field]));
}

describe('rings', () => {
  it('hold every mode but the zero one, once, whatever the grid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 40 }), (height, width) => {
        const { modes, wavenumbers } = new Rings(height, width);
        expect(modes.reduce((sum, count) => sum + count, 0)).toBe(height * width - 1);
        expect([...wavenumbers]).toEqual([...wavenumbers].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('keep the power of the tapered field (Parseval), of two fields at once as of each alone', () => {
    const [height, width] = [12, 20];
    const rings = new Rings(height, width);
    const zeros = () => new Float64Array(rings.wavenumbers.length);
    const [a, b] = [1, 2].map((seed) => Float64Array.from(noise(height * width, seed)));
    const [alone, other, both, second] = [zeros(), zeros(), zeros(), zeros()];
    rings.add(a!, alone!, null, zeros());
    rings.add(b!, other!, null, zeros());
    rings.add(a!, both!, b!, second!);
    both!.forEach((value, ring) => {
      expect(value).toBeCloseTo(alone![ring]!, 12);
      expect(second![ring]).toBeCloseTo(other![ring]!, 12);
    });
    const window = (at: number, size: number) => Math.sin((Math.PI * (at + 0.5)) / size) ** 2;
    const mean = a!.reduce((sum, value) => sum + value, 0) / a!.length;
    let [power, weight, rest] = [0, 0, 0];
    a!.forEach((value, i) => {
      const taper = window(Math.floor(i / width), height) * window(i % width, width);
      power += ((value - mean) * taper) ** 2;
      weight += taper ** 2;
      rest += (value - mean) * taper;
    });
    // The zero mode is in no ring.
    const zeroMode = rest ** 2 / (height * width);
    expect(alone!.reduce((sum, value) => sum + value, 0)).toBeCloseTo((power - zeroMode) / weight, 10);
  });
});

describe('spectra', () => {
  const options = { leads: [1, 3], height: 16, width: 16, channels: 1 };

  it('find a wave at its wavenumber, and a blurred mean below its members', () => {
    const wave = (phase: number) =>
      Float32Array.from({ length: 256 }, (_, i) => Math.cos(2 * Math.PI * ((4 * (i % 16)) / 16) + phase));
    const spectra = new SpectrumAccumulator(options);
    // Members out of phase: each as strong as the truth, their mean gone.
    spectra.add(3, joined(wave(0), wave(Math.PI)), wave(1));
    const [found] = spectra.spectra(channel);
    expect(found).toMatchObject({ channel: 'sst', units: '(K)²' });
    expect(found!.byLead.map(({ lead }) => lead)).toEqual([3]);
    const { truth, mean, members } = found!.byLead[0]!;
    expect(found!.wavenumbers[truth.indexOf(Math.max(...truth))]).toBeCloseTo(4 / 16);
    const peak = truth.indexOf(Math.max(...truth));
    expect(members[peak]! / truth[peak]!).toBeCloseTo(1, 1);
    expect(mean[peak]! / truth[peak]!).toBeLessThan(1e-9);
  });

  it('of parts merged equal those of the whole, and missing cells are missing everywhere', () => {
    const truth = noise(256, 3);
    const holed = truth.map((value, i) => (i % 5 === 0 ? Number.NaN : value));
    const [whole, left, right] = [1, 2, 3].map(() => new SpectrumAccumulator(options));
    const fields = [4, 5, 6].map((seed) => [joined(noise(256, seed), noise(256, seed + 9)), truth] as const);
    fields.forEach(([ensemble, observed], i) => {
      whole!.add(1, ensemble, observed);
      (i === 0 ? left! : right!).add(1, ensemble, observed);
    });
    left!.merge(right!);
    const want = whole!.spectra(channel)[0]!.byLead[0]!;
    left!.spectra(channel)[0]!.byLead[0]!.members.forEach((value, ring) => {
      expect(value).toBeCloseTo(want.members[ring]!, 12);
    });
    const masked = new SpectrumAccumulator(options);
    masked.add(1, truth, holed);
    const same = masked.spectra(channel)[0]!.byLead[0]!;
    expect(same.members).toEqual(same.truth.map((value) => expect.closeTo(value, 10)));
    expect(same.truth.every(Number.isFinite)).toBe(true);
  });

  it('are made for a few leads of many, first and last among them', () => {
    expect(spectrumLeads([1, 2, 3])).toEqual([1, 2, 3]);
    const many = spectrumLeads(Array.from({ length: 804 }, (_, i) => i + 1));
    expect(many).toHaveLength(8);
    expect([many[0], many.at(-1)]).toEqual([1, 804]);
  });
});
