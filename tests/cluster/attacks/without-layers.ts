/**
 * Shows that what is called a layer is one. With all layers of an attack taken off it must get through, or its row shows
 * nothing; with any single one of them back in its place it must be stopped, or that one is none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack, AttackClass } from './attack.ts';
import type { Layer, Removal } from './layers.ts';
import { playAttack } from './play.ts';
import type { Stage } from './stage.ts';

/** A policy is taken off when each part of the cluster has heard of it: a second or so, on a busy machine more. */
const EFFECT_LIMIT_MS = 30_000;
const AGAIN_MS = 300;
const SAID_CHARACTERS = 300;

type Verdict = { readonly isProven: boolean | 'not tried'; readonly why: string };

/** Says of each attack whether its layers were proven; false when one was found that is none. */
export async function playWithoutLayers(
  classes: readonly AttackClass[],
  setStage: (isAlone: boolean) => Promise<Stage>,
  say: (text: string) => void,
): Promise<boolean> {
  const verdicts: Verdict[] = [];
  for (const attackClass of classes) {
    const stage = await setStage(attackClass.isAlone ?? false);
    for (const attack of attackClass.attacks) {
      const verdict = await prove(stage, attack).catch((error: unknown): Verdict => ({
        isProven: false,
        why: String(error),
      }));
      verdicts.push(verdict);
      const word = verdict.isProven === true ? 'proven' : verdict.isProven ? 'not tried' : 'NOT PROVEN';
      say(`${word.padEnd(10)}  ${attackClass.name}: ${attack.name}${verdict.why === '' ? '' : `  (${verdict.why})`}`);
    }
  }
  const count = (wanted: Verdict['isProven']) => verdicts.filter(({ isProven }) => isProven === wanted).length;
  say(
    `layers: ${count(true)} attacks proven, ${count(false)} not, ${count('not tried')} whose layers cannot be taken off`,
  );
  return count(false) === 0;
}

async function prove(stage: Stage, attack: Attack): Promise<Verdict> {
  const lasting = attack.layers.filter(({ remove }) => remove === undefined);
  if (lasting.length > 0) {
    return { isProven: 'not tried', why: `${lasting.map(({ name }) => name).join(', ')} cannot be taken off` };
  }
  const off = new Map<Layer, Removal>();
  const takeOff = async (layer: Layer) => {
    const removal = await layer.remove?.(stage);
    if (removal !== undefined) off.set(layer, removal);
  };
  const putBack = async (layer: Layer) => {
    const removal = off.get(layer);
    off.delete(layer);
    await removal?.[Symbol.asyncDispose]();
  };
  try {
    for (const layer of attack.layers) await takeOff(layer);
    const said = await findOtherEnd(stage, attack, { off, isThrough: true });
    if (said !== undefined) return { isProven: false, why: `it does not get through without its layers: ${said}` };
    for (const layer of attack.layers.length > 1 ? attack.layers : []) {
      await putBack(layer);
      const seen = await findOtherEnd(stage, attack, { off, isThrough: false });
      if (seen !== undefined) return { isProven: false, why: `${layer.name} alone does not stop it: ${seen}` };
      await takeOff(layer);
    }
    return { isProven: true, why: '' };
  } finally {
    for (const layer of attack.layers) await putBack(layer);
  }
}

interface Wanted {
  readonly off: ReadonlyMap<Layer, Removal>;
  readonly isThrough: boolean;
}

/** Tries until it ends as wanted; what the attacker saw the last time when it does not. */
async function findOtherEnd(stage: Stage, attack: Attack, { off, isThrough }: Wanted): Promise<string | undefined> {
  const player = [...off.values()].find((removal) => removal.player !== undefined)?.player;
  const deadline = performance.now() + EFFECT_LIMIT_MS;
  for (;;) {
    const played = await playAttack(stage, attack, { isControl: false, ...(player && { player }) });
    if (played.isThrough === isThrough) return undefined;
    if (performance.now() > deadline) return played.said.trim().slice(-SAID_CHARACTERS);
    await delay(AGAIN_MS);
  }
}
