/** Chance that can be had again: a test that failed is run with the seed that it printed. */

/** Mulberry32 (Tommy Ettinger, public domain): numbers in [0, 1), the same ones for the same seed. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `PODIUM_TEST_SEED`, else a new one. */
export function chooseSeed(): number {
  const given = process.env['PODIUM_TEST_SEED'];
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}
