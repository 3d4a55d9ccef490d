/**
 * Which variables the arrays p and q of an nn-benchmark system become, in the order in which the paper stacks them:
 * momenta and positions of meshes, velocities and pressure of the channel.
 */

export interface BenchmarkVariable {
  readonly name: string;
  readonly longName: string;
  readonly units: string;
  readonly array: 'p' | 'q';
  readonly component: number;
}

export interface BenchmarkUnits {
  readonly time: string;
  readonly length: string;
}

const letters = ['x', 'y', 'z'];
const mesh = { p: 'momentum', q: 'position' };

function nameOf(system: string, array: 'p' | 'q', component: number, components: number): BenchmarkVariable {
  const letter = components <= 3 ? letters[component]! : String(component);
  const make = (name: string, longName: string, units: string) => ({
    name,
    longName,
    units,
    array,
    component,
  });
  if (system === 'navier-stokes') {
    return array === 'q'
      ? make(components === 1 ? 'p' : `p${letter}`, 'kinematic pressure', 'm2 s-2')
      : make(`v${letter}`, `${letter} component of the velocity`, 'm s-1');
  }
  const what = system === 'spring-mesh' ? mesh[array] : array;
  if (components === 1) return make(array, what, '1');
  return make(`${array}${letter}`, `${letter} component of the ${what} of a node`, '1');
}

/** Variables of a system whose p and q have so many components. */
export function benchmarkVariables(
  system: string,
  components: Record<'p' | 'q', number>,
): BenchmarkVariable[] {
  return (['p', 'q'] as const).flatMap((array) =>
    Array.from({ length: components[array] }, (_, i) => nameOf(system, array, i, components[array])),
  );
}

export const benchmarkUnits = (system: string): BenchmarkUnits =>
  system === 'navier-stokes' ? { time: 's', length: 'm' } : { time: '1', length: '1' };
