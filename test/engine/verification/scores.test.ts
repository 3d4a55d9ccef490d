import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScoreAccumulator } from '#main/engine/verification/accumulator.ts';
import { bootstrap } from '#main/engine/verification/bootstrap.ts';
import { centralShares } from '#main/engine/verification/reliability.ts';
import { scoreNames, scoreOf } from '#shared/domain/scores.ts';
import { Random } from '#shared/random.ts';

const value = fc.float({ min: -50, max: 50, noNaN: true }).map(Math.fround);
const ensembleAndTruth = fc.integer({ min: 2, max: 12 }).chain((members) =>
  fc.record({
    members: fc.array(value, { minLength: members, maxLength: members }),
    truth: value,
  }),
);

function score(members: readonly number[], truth: number) {
  const scores = new ScoreAccumulator({ members: members.length, leads: [1], cells: 1, channels: 1 });
  scores.add(0, 0, Float32Array.from(members), Float32Array.of(truth));
  return scores.scores('K');
}

/** Straight from the definitions, over all pairs. */
function byDefinition(x: readonly number[], y: number) {
  const m = x.length;
  let pairs = 0;
  for (const a of x) for (const b of x) pairs += Math.abs(a - b);
  const error = x.reduce((s, a) => s + Math.abs(a - y), 0) / m;
  const mean = x.reduce((s, a) => s + a, 0) / m;
  const squares = x.reduce((s, a) => s + (a - mean) ** 2, 0);
  return {
    paper: error - pairs / (2 * m * m),
    fair: error - pairs / (2 * m * (m - 1)),
    mse: (mean - y) ** 2,
    paperSsr: Math.sqrt(squares / m) / Math.abs(mean - y),
    correctedSsr: (Math.sqrt((m + 1) / m) * Math.sqrt(squares / (m - 1))) / Math.abs(mean - y),
  };
}

describe('scores of one ensemble', () => {
  it('equal their definitions', () => {
    fc.assert(
      fc.property(ensembleAndTruth, ({ members, truth }) => {
        const { overall } = score(members, truth);
        const want = byDefinition(members, truth);
        expect(overall.fairCrps).toBeCloseTo(want.fair, 8);
        expect(overall.paper.crps).toBeCloseTo(want.paper, 8);
        expect(overall.mse).toBeCloseTo(want.mse, 8);
        expect(overall.rmse ** 2).toBeCloseTo(overall.mse, 8);
        if (overall.correctedSsr !== null && want.mse > 1e-6) {
          expect(overall.correctedSsr / want.correctedSsr).toBeCloseTo(1, 6);
          expect(overall.paper.ssr! / want.paperSsr).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('keep the identities of the CRPS: never negative with the paper estimator, shift and scale carry over', () => {
    fc.assert(
      fc.property(ensembleAndTruth, fc.integer({ min: -9, max: 9 }), ({ members, truth }, shift) => {
        const base = score(members, truth).overall;
        expect(base.paper.crps).toBeGreaterThanOrEqual(-1e-9);
        expect(base.fairCrps).toBeLessThanOrEqual(base.paper.crps + 1e-9);
        const moved = score(
          members.map((m) => -2 * m + shift),
          -2 * truth + shift,
        ).overall;
        expect(moved.fairCrps).toBeCloseTo(2 * base.fairCrps, 3);
      }),
    );
  });

  it('fall back to the absolute error for a single forecast', () => {
    const { overall, rankHistogram } = score([3], 5);
    expect(overall).toMatchObject({ fairCrps: 2, mse: 4, correctedSsr: null });
    expect(overall.paper).toEqual({ crps: 2, mse: 4, ssr: null });
    expect(rankHistogram).toEqual([0, 1]);
  });
});

/** A made-up verification: 5 starts, 3 leads, 4 cells, 2 channels. */
function fields(members: number, seed = 1) {
  const random = new Random(seed);
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.uniform() * 4 - 2);
  const list: { start: number; lead: number; ensemble: Float32Array; truth: Float32Array }[] = [];
  for (let start = 0; start < 5; start++)
    for (let lead = 0; lead < 3; lead++)
      list.push({ start, lead, ensemble: draw(members * 8), truth: draw(8) });
  return list;
}

describe('ScoreAccumulator', () => {
  const options = { members: 6, leads: [1, 2, 4], cells: 4, channels: 2 };

  it('gives the same scores for parts merged in any order', () => {
    const all = fields(6);
    const whole = new ScoreAccumulator(options);
    for (const f of all) whole.add(f.start, f.lead, f.ensemble, f.truth);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 15, maxLength: 15 }), (left) => {
        const parts = [new ScoreAccumulator(options), new ScoreAccumulator(options)] as const;
        all.toReversed().forEach((f, i) => {
          parts[left[i] ? 0 : 1].add(f.start, f.lead, f.ensemble, f.truth);
        });
        parts[0].merge(parts[1]);
        const merged = parts[0].scores('K');
        const want = whole.scores('K');
        expect(merged.rankHistogram).toEqual(want.rankHistogram);
        expect(merged.overall.fairCrps).toBeCloseTo(want.overall.fairCrps, 10);
        expect(merged.byLead.map((s) => s.lead)).toEqual([1, 2, 4]);
      }),
    );
    expect(whole.scores('K').starts).toBe(5);
  });

  it('takes overall values as means over the leads', () => {
    const scores = new ScoreAccumulator(options);
    for (const f of fields(6)) scores.add(f.start, f.lead, f.ensemble, f.truth);
    const { overall, byLead } = scores.scores('K');
    const mean = (pick: (s: (typeof byLead)[number]) => number) =>
      byLead.reduce((sum, s) => sum + pick(s), 0) / byLead.length;
    expect(overall.fairCrps).toBeCloseTo(mean((s) => s.fairCrps));
    expect(overall.correctedSsr).toBeCloseTo(mean((s) => s.correctedSsr!));
    expect(overall.paper.ssr).toBeCloseTo(mean((s) => s.paper.ssr!));
    expect(overall.mse).toBeCloseTo(mean((s) => s.mse));
  });

  it('leaves out masked cells and missing truth, and weights by area', () => {
    const masked = new ScoreAccumulator({ ...options, mask: Float32Array.of(1, 0, 1, 0) });
    const weighted = new ScoreAccumulator({ ...options, areaWeights: Float32Array.of(1, 0, 1, 0) });
    const holed = new ScoreAccumulator(options);
    for (const f of fields(6)) {
      masked.add(f.start, f.lead, f.ensemble, f.truth);
      weighted.add(f.start, f.lead, f.ensemble, f.truth);
      const truth = f.truth.map((v, i) => (Math.floor(i / 2) % 2 === 1 ? Number.NaN : v));
      holed.add(f.start, f.lead, f.ensemble, truth);
    }
    expect(masked.scores('K')).toEqual(holed.scores('K'));
    expect(weighted.scores('K').overall).toEqual(masked.scores('K').overall);
  });

  it('splits ties at random, the same way every time', () => {
    const tied = () => {
      const scores = new ScoreAccumulator({ members: 4, leads: [1], cells: 5000, channels: 1, seed: 3 });
      scores.add(9, 0, new Float32Array(20_000), new Float32Array(5000));
      return scores.scores('K').rankHistogram;
    };
    const counts = tied();
    expect(counts).toEqual(tied());
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('says in a sentence when nothing can be scored or shapes differ', () => {
    expect(() => new ScoreAccumulator(options).scores('K')).toThrow(/nothing to score/);
    expect(() => new ScoreAccumulator(options).add(0, 0, new Float32Array(3), new Float32Array(8))).toThrow(
      /do not fit/,
    );
  });
});

describe('intervals', () => {
  const scored = (copies: number) => {
    const scores = new ScoreAccumulator({ members: 6, leads: [1, 2, 4], cells: 4, channels: 2 });
    for (let copy = 0; copy < copies; copy++)
      for (const f of fields(6, 1 + copy)) scores.add(100 * copy + f.start, f.lead, f.ensemble, f.truth);
    return scores;
  };
  const width = (interval: { low: number; high: number } | null) => interval!.high - interval!.low;

  it('lie around every score, overall and by lead, the same every time, wider where they shall hold more', () => {
    const scores = scored(2);
    const { overall, byLead } = scores.scores('K');
    const intervals = bootstrap(scores, { draws: 300 })!;
    expect(intervals).toMatchObject({ level: 0.95, draws: 300 });
    for (const name of scoreNames) {
      if (name === 'acc') continue;
      const inside = (set: typeof overall, interval: { low: number; high: number } | null) => {
        expect(interval!.low, name).toBeLessThanOrEqual(scoreOf(set, name)!);
        expect(interval!.high, name).toBeGreaterThanOrEqual(scoreOf(set, name)!);
      };
      inside(overall, intervals.overall[name]);
      byLead.forEach((set, lead) => {
        inside(set, intervals.byLead[lead]![name]);
      });
    }
    expect(intervals.overall.acc).toBeNull();
    expect(bootstrap(scores, { draws: 300 })).toEqual(intervals);
    const wider = bootstrap(scores, { draws: 300, level: 0.99 })!;
    expect(width(wider.overall.fairCrps)).toBeGreaterThanOrEqual(width(intervals.overall.fairCrps));
  });

  it('shrink with more initial conditions, and need two of them', () => {
    const few = bootstrap(scored(1), { draws: 300 })!;
    const many = bootstrap(scored(16), { draws: 300 })!;
    expect(width(many.overall.fairCrps)).toBeLessThan(0.5 * width(few.overall.fairCrps));
    const single = new ScoreAccumulator({ members: 2, leads: [1], cells: 1, channels: 1 });
    single.add(0, 0, Float32Array.of(1, 2), Float32Array.of(0));
    expect(bootstrap(single)).toBeNull();
    expect(single.scores('K', {}).intervals).toBeNull();
  });
});

describe('reliability of central intervals', () => {
  it('counts an ideal ensemble of any size as inside with just the probability of the interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (m, p) => {
          const shares = centralShares(m, p);
          expect(shares).toHaveLength(m + 1);
          expect(shares.reduce((sum, share) => sum + share, 0) / (m + 1)).toBeCloseTo(p, 10);
          expect([...shares]).toEqual([...shares].reverse().map((share) => expect.closeTo(share, 10)));
        },
      ),
    );
  });

  it('finds a truth in the middle inside, one beyond all members outside', () => {
    const members = Array.from({ length: 19 }, (_, i) => i);
    expect(score(members, 9.5).overall).toMatchObject({ coverage50: 1, coverage90: 1 });
    expect(score(members, 99).overall).toMatchObject({ coverage50: 0, coverage90: 0 });
    expect(score([3], 5).overall).toMatchObject({ coverage50: null, coverage90: null, spread: null });
  });
});

describe('anomaly correlation', () => {
  const climatology = Float32Array.of(1, 2, 3, 4);
  const acc = (ensemble: readonly number[], truth: readonly number[]) => {
    const scores = new ScoreAccumulator({
      members: ensemble.length / truth.length,
      leads: [1],
      cells: truth.length,
      channels: 1,
    });
    scores.add(0, 0, Float32Array.from(ensemble), Float32Array.from(truth), climatology);
    return scores.scores('K').overall.acc;
  };
  const field = fc.array(value, { minLength: 4, maxLength: 4 });

  it('of the truth with itself is 1, of its mirror image −1, and it has no size', () => {
    fc.assert(
      fc.property(field, fc.float({ min: 0.5, max: 3, noNaN: true }), (truth, size) => {
        fc.pre(truth.some((v, i) => Math.abs(v - climatology[i]!) > 0.1));
        const scaled = (by: number) => truth.map((v, i) => climatology[i]! + by * (v - climatology[i]!));
        expect(acc(truth, truth)).toBeCloseTo(1, 6);
        expect(acc(scaled(size), truth)).toBeCloseTo(1, 4);
        expect(acc(scaled(-1), truth)).toBeCloseTo(-1, 4);
        expect(acc([...scaled(3), ...scaled(1)], truth)).toBeCloseTo(1, 4);
      }),
    );
  });

  it('is undefined for climatology itself, and unknown without one', () => {
    expect(acc([...climatology], [5, 6, 7, 8])).toBeNull();
    expect(score([1, 2], 3).overall.acc).toBeNull();
  });
});
