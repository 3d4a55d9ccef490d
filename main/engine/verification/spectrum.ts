/**
 * Power spectra of forecast and truth: does an ensemble's every member have as much small-scale structure as the truth,
 * or is it blurred? Sums over initial conditions alone are kept.
 */
import type { Spectrum } from '#shared/domain/scores.ts';
import { Fourier2d } from '#shared/fft/fft2d.ts';

export interface SpectrumOptions {
  /** Lead times in data steps whose spectra are wanted, ascending. */
  leads: readonly number[];
  height: number;
  width: number;
  channels: number;
  /** At most so many members of each ensemble are transformed: the average needs no more. */
  members?: number;
}

/** Power by ring, summed over what was added. */
interface Sums {
  truth: Float64Array;
  mean: Float64Array;
  members: Float64Array;
  /** Fields added, and member fields among them. */
  fields: number;
  memberFields: number;
}

const usualMembers = 8;

export class SpectrumAccumulator {
  readonly #options: SpectrumOptions;
  readonly #rings: Rings;
  /** [lead][channel] */
  readonly #sums: Sums[][];

  constructor(options: SpectrumOptions) {
    this.#options = options;
    this.#rings = new Rings(options.height, options.width);
    const zeros = () => new Float64Array(this.#rings.wavenumbers.length);
    this.#sums = options.leads.map(() =>
      Array.from({ length: options.channels }, () => ({
        truth: zeros(),
        mean: zeros(),
        members: zeros(),
        fields: 0,
        memberFields: 0,
      })),
    );
  }

  /**
   * Adds one forecast field at a lead: `ensemble` [members, height, width, channel] and `truth` [height, width, channel].
   * Leads that are not wanted are passed over. Cells where the truth is NaN are missing in all fields.
   */
  add(lead: number, ensemble: Float32Array, truth: Float32Array): void {
    const sums = this.#sums[this.#options.leads.indexOf(lead)];
    if (!sums) return;
    const { channels, members: most = usualMembers } = this.#options;
    const members = ensemble.length / truth.length;
    const used = Math.min(members, most);
    const mean = meanOf(ensemble, members);
    sums.forEach((sum, channel) => {
      const observed = pick(truth, channels, channel);
      const member = (m: number) =>
        lacking(
          pick(ensemble.subarray(m * truth.length, (m + 1) * truth.length), channels, channel),
          observed,
        );
      this.#rings.add(observed, sum.truth, lacking(pick(mean, channels, channel), observed), sum.mean);
      for (let m = 0; m < used; m += 2)
        this.#rings.add(member(m), sum.members, m + 1 < used ? member(m + 1) : null, sum.members);
      sum.fields += 1;
      sum.memberFields += used;
    });
  }

  /** Takes over what `other`, made with the same options, has seen. */
  merge(other: SpectrumAccumulator): void {
    this.#sums.forEach((row, lead) => {
      row.forEach((sums, channel) => {
        const theirs = other.#sums[lead]![channel]!;
        for (const name of ['truth', 'mean', 'members'] as const)
          theirs[name].forEach((value, ring) => {
            sums[name][ring]! += value;
          });
        sums.fields += theirs.fields;
        sums.memberFields += theirs.memberFields;
      });
    });
  }

  /** One spectrum a channel; leads that nothing was added to are left out. */
  spectra(channels: readonly { name: string; units: string }[]): Spectrum[] {
    const { wavenumbers, modes } = this.#rings;
    const average = (sum: Float64Array, fields: number) =>
      [...sum].map((value, ring) => value / (fields * modes[ring]!));
    return channels.map(({ name, units }, channel) => ({
      channel: name,
      units: units === '' || units === '1' ? '1' : `(${units})²`,
      wavenumbers: [...wavenumbers],
      byLead: this.#options.leads.flatMap((lead, index) => {
        const sums = this.#sums[index]![channel]!;
        if (sums.fields === 0) return [];
        return {
          lead,
          truth: average(sums.truth, sums.fields),
          mean: average(sums.mean, sums.fields),
          members: average(sums.members, sums.memberFields),
        };
      }),
    }));
  }
}

/**
 * Modes of a grid by their distance from the origin, in rings one mode of the shorter side wide, so that each
 * holds modes of both directions; longer waves than that are in the first one. Cells count as square: a wavenumber is sqrt((row/height)² + (column/width)²) cycles per cell, whatever a cell measures.
 */
export class Rings {
  /** Middles, cycles per cell. The zero mode belongs to no ring; corners beyond 0.5 cycles per cell have rings too. */
  readonly wavenumbers: Float64Array;
  /** Modes in each ring; none is empty. */
  readonly modes: Uint32Array;
  readonly #ringOf: Int32Array;
  readonly #fourier: Fourier2d;
  readonly #taper: Float64Array;
  readonly #scale: number;

  constructor(height: number, width: number) {
    this.#fourier = new Fourier2d(height, width);
    const shortest = Math.min(height, width);
    const signed = (index: number, size: number) => (index <= size / 2 ? index : index - size) / size;
    const rings = Int32Array.from({ length: height * width }, (_, i) =>
      Math.round(Math.hypot(signed(Math.floor(i / width), height), signed(i % width, width)) * shortest),
    ).map((ring, i) => (i === 0 ? 0 : Math.max(1, ring)));
    const present = [...new Set(rings)].filter((ring) => ring > 0).sort((a, b) => a - b);
    const places = new Map(present.map((ring, place) => [ring, place]));
    this.wavenumbers = Float64Array.from(present, (ring) => ring / shortest);
    this.#ringOf = rings.map((ring) => places.get(ring) ?? -1);
    this.modes = new Uint32Array(present.length);
    for (const place of this.#ringOf) if (place >= 0) this.modes[place]! += 1;
    this.#taper = hann(height, width);
    this.#scale = 1 / (height * width * this.#taper.reduce((sum, value) => sum + value * value, 0));
  }

  /**
   * Adds the power of a field [height, width] to `into`, ring by ring, and of a second one, which goes through the same
   * transform as its imaginary part. Scaled so that the powers of all modes sum to the tapered field's mean square.
   */
  add(first: Float64Array, into: Float64Array, second: Float64Array | null, intoSecond: Float64Array): void {
    const re = this.#prepared(first);
    const im = second ? this.#prepared(second) : new Float64Array(re.length);
    this.#fourier.transform(re, im);
    const { height, width } = this.#fourier;
    for (let i = 0; i < re.length; i++) {
      const ring = this.#ringOf[i]!;
      if (ring < 0) continue;
      const [row, column] = [Math.floor(i / width), i % width];
      const mirror = ((height - row) % height) * width + ((width - column) % width);
      // Of Z = A + iB with real fields behind A and B: A = (Z(k) + Z*(−k)) / 2, B = (Z(k) − Z*(−k)) / 2i.
      const power = (sign: 1 | -1) =>
        ((re[i]! + sign * re[mirror]!) ** 2 + (im[i]! - sign * im[mirror]!) ** 2) / 4;
      into[ring]! += power(1) * this.#scale;
      if (second) intoSecond[ring]! += power(-1) * this.#scale;
    }
  }

  /** Without its mean over observed cells, 0 in the others, tapered. */
  #prepared(field: Float64Array): Float64Array {
    let [sum, count] = [0, 0];
    for (const value of field) {
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    const mean = count > 0 ? sum / count : 0;
    return field.map((value, i) => (Number.isNaN(value) ? 0 : (value - mean) * this.#taper[i]!));
  }
}

/** Hann's window in both directions, sampled at cell centres, so that no cell's weight is zero. */
function hann(height: number, width: number): Float64Array {
  const side = (size: number) => (at: number) => Math.sin((Math.PI * (at + 0.5)) / size) ** 2;
  const [down, across] = [side(height), side(width)];
  return Float64Array.from(
    { length: height * width },
    (_, i) => down(Math.floor(i / width)) * across(i % width),
  );
}

/** Leads whose spectra are worth their transforms: at most `most` of them, evenly spread, first and last included. */
export function spectrumLeads(leads: readonly number[], most = 8): number[] {
  if (leads.length <= most) return [...leads];
  const places = Array.from({ length: most }, (_, i) => Math.round((i * (leads.length - 1)) / (most - 1)));
  return [...new Set(places)].map((place) => leads[place]!);
}

/** One channel of a field [cells, channels]. */
function pick(field: Float32Array, channels: number, channel: number): Float64Array {
  return Float64Array.from(
    { length: field.length / channels },
    (_, cell) => field[cell * channels + channel]!,
  );
}

/** Missing where the truth is. */
function lacking(field: Float64Array, observed: Float64Array): Float64Array {
  return field.map((value, i) => (Number.isNaN(observed[i]!) ? Number.NaN : value));
}

function meanOf(ensemble: Float32Array, members: number): Float32Array {
  const size = ensemble.length / members;
  const mean = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let m = 0; m < members; m++) sum += ensemble[m * size + i]!;
    mean[i] = sum / members;
  }
  return mean;
}
