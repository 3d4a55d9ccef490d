/** How often the truth has to lie inside a central interval of the ensemble, and how much of that one rank stands for. */

/**
 * Share of each rank 0 … M of the truth among M members that counts as inside the central interval of a probability.
 * Rank r stands for the probabilities r/(M+1) to (r+1)/(M+1), evenly, so that the truth of a reliable ensemble of any
 * size is inside with exactly that probability; counting by quantiles of few members would find too little.
 */
export function centralShares(members: number, probability: number): Float64Array {
  const [low, high] = [(1 - probability) / 2, (1 + probability) / 2];
  return Float64Array.from({ length: members + 1 }, (_, rank) => {
    const overlap = Math.min(high, (rank + 1) / (members + 1)) - Math.max(low, rank / (members + 1));
    return Math.min(1, Math.max(0, overlap * (members + 1)));
  });
}
