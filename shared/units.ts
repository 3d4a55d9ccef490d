/** How people write units; files write them in many ways. */

/** Units as people write them. */
export function formatUnits(units: string): string {
  // Of several variables that are scored together.
  if (units.includes(', ')) return units.split(', ').map(formatUnits).join(', ');
  const known: Record<string, string> = {
    degc: '°C',
    celsius: '°C',
    deg_c: '°C',
    degree_c: '°C',
    degree_celsius: '°C',
    degrees_celsius: '°C',
    degreesc: '°C',
    'degrees c': '°C',
    'deg c': '°C',
    kelvin: 'K',
    degk: 'K',
    'm s-1': 'm/s',
    'm s**-1': 'm/s',
    's-1': '1/s',
    'm2 s-1': 'm²/s',
    'm2 s-2': 'm²/s²',
    degrees: '°',
    degrees_north: '° N',
    degrees_east: '° E',
    'degc per degree of latitude': '°C per ° of latitude',
    '1': '',
  };
  return known[units.trim().toLowerCase()] ?? units.trim();
}

/** Units of a squared quantity: "°C²", "(m/s)²"; empty without units. */
export function squaredUnits(units: string): string {
  const written = formatUnits(units);
  return written === '' ? '' : /[ /,*]/.test(written) ? `(${written})²` : `${written}²`;
}
