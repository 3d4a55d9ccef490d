import { geoOrthographic } from 'd3-geo';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOnDisc, placeOnGlobe, pointOnDisc } from '../../../renderer/scenes/globe.ts';

const longitude = fc.double({ min: -360, max: 360, noNaN: true });
const latitude = fc.double({ min: -89, max: 89, noNaN: true });
const centre = fc.record({ longitude, latitude });

describe('the globe seen from far away', () => {
  it('projects as d3 does', () => {
    fc.assert(
      fc.property(longitude, latitude, centre, (lon, lat, middle) => {
        const mine = pointOnDisc(lon, lat, middle);
        fc.pre(mine !== null);
        const theirs = geoOrthographic()
          .rotate([-middle.longitude, -middle.latitude])
          .scale(1)
          .translate([0, 0])
          .clipAngle(null as never)([lon, lat])!;
        expect(mine!.x).toBeCloseTo(theirs[0], 6);
        expect(mine!.y).toBeCloseTo(-theirs[1], 6);
      }),
    );
  });

  it('finds the place again that lies under a point', () => {
    fc.assert(
      fc.property(longitude, latitude, centre, (lon, lat, middle) => {
        const point = pointOnDisc(lon, lat, middle);
        fc.pre(point !== null && point.x ** 2 + point.y ** 2 < 0.99);
        const place = placeOnGlobe(point!.x, point!.y, middle)!;
        expect(place.latitude).toBeCloseTo(lat, 4);
        const turns = (place.longitude - lon) / 360;
        expect(turns).toBeCloseTo(Math.round(turns), 6);
      }),
    );
  });

  it('has nothing beside the disc, and no lines on its far side', () => {
    const middle = { longitude: 0, latitude: 0 };
    expect(placeOnGlobe(0.8, 0.8, middle)).toBeNull();
    expect(pointOnDisc(180, 0, middle)).toBeNull();
    const equator = Array.from({ length: 37 }, (_, i) => [i * 10 - 180, 0] as const);
    expect(linesOnDisc([equator], middle).length).toBe(18 * 6);
  });
});
