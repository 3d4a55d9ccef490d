/** How a simulation under way is told: which trajectory, which frame, what time. */
import type { SimulationPreview } from '#shared/domain/simulation.ts';
import { formatCount, formatNumber } from './numbers.ts';

/** "trajectory 2 of 20 · frame 41 of 65 · t = 3.20 s"; dates and indices are left to the frame. */
export function describePreview({
  trajectory,
  trajectories,
  frame,
  frames,
  time,
  timeUnits,
}: SimulationPreview): string {
  const parts = [
    ...(trajectories > 1
      ? [`trajectory ${formatCount(trajectory + 1)} of ${formatCount(trajectories)}`]
      : []),
    `frame ${formatCount(frame + 1)} of ${formatCount(frames)}`,
  ];
  if (timeUnits === 's' || timeUnits === '1')
    parts.push(`t = ${formatNumber(time, 2)}${timeUnits === 's' ? ' s' : ''}`);
  return parts.join(' · ');
}
