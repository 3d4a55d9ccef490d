/** What every benchmark answers, so that one table and one JSON document hold them all. */

/** One measured number. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  settings: Record<string, unknown>;
}
