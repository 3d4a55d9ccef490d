/** The window's address: where one is and what is open, so that a reload or a shared link comes back to it. */

import { placeCommands } from '#shared/shell.ts';

export const places = [...placeCommands, 'guide'] as const;
export type Place = (typeof places)[number];

/** What the address may name besides the place: `time` is a frame of the file and `place` what is read of its map, `with` and `beside` are files laid beside it and beside a forecast, `initial` one of the dataset; `simulate` is the system of the simulation that is set up in Data; `colours` is how its field is coloured, `picture` how it is shown, where not as usual: `grid`, `globe`, `vorticity`, `speed`; `mesh` is what a mesh is shown with: `trails`, `spread`, `height`; `particles` is `on` where they drift over a flow; `item` is what is chosen in the Library, as `run/<id>`; `page` and `section` are what the guide is open at. Anything else in it is dropped. */
export const parameterNames = [
  'file',
  'variable',
  'time',
  'place',
  'with',
  'dataset',
  'run',
  'forecast',
  'initial',
  'start',
  'lead',
  'probe',
  'area',
  'panes',
  'against',
  'beside',
  'tab',
  'preset',
  'simulate',
  'channel',
  'picture',
  'colours',
  'mesh',
  'particles',
  'item',
  'page',
  'section',
] as const;
export type ParameterName = (typeof parameterNames)[number];
export type Parameters = Partial<Record<ParameterName, string>>;

export interface AddressParts {
  place: Place;
  parameters: Parameters;
}

/** Reads `#/compare?run=…`; whatever cannot be read falls back to the Data place. */
export function parseAddress(hash: string): AddressParts {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const place = places.find((name) => name === path) ?? 'data';
  const given = new URLSearchParams(query);
  const parameters: Parameters = {};
  for (const name of parameterNames) {
    const value = given.get(name);
    if (value) parameters[name] = value;
  }
  return { place, parameters };
}

export function formatAddress({ place, parameters }: AddressParts): string {
  const query = new URLSearchParams();
  for (const name of parameterNames) {
    const value = parameters[name];
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return `#/${place}${text ? `?${text}` : ''}`;
}
