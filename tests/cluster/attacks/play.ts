/** Plays the attacks of a class and says of each how it ended. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack, AttackClass, Outcome, Proof, Result, Values } from './attack.ts';
import { fill, fillValues } from './compose-script.ts';
import type { Player, Stage } from './stage.ts';

export interface Played {
  readonly isThrough: boolean;
  readonly said: string;
}

/** Classes side by side: what takes long in most is waiting, not work. */
const CLASSES_AT_ONCE = 3;
/** The longest waits for an end that takes as long as the server allows it. */
const ATTEMPT_LIMIT_MS = 150_000;
const ERROR_CHARACTERS = 400;

/** `setStage` gives each class its stage. */
export async function playClasses(
  classes: readonly AttackClass[],
  setStage: (isAlone: boolean) => Promise<Stage>,
  onResult: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  await inTurn(classes, CLASSES_AT_ONCE, async (attackClass) => {
    const stage = await setStage(attackClass.isAlone ?? false);
    await inTurn(attackClass.attacks, attackClass.atOnce ?? 1, async (attack) => {
      const result = { attackClass: attackClass.name, attack, ...(await judge(stage, attack)) };
      results.push(result);
      onResult(result);
    });
  });
  const order = classes.flatMap(({ attacks }) => attacks);
  return results.toSorted((one, other) => order.indexOf(one.attack) - order.indexOf(other.attack));
}

async function inTurn<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function judge(stage: Stage, attack: Attack): Promise<{ outcome: Outcome; said: string }> {
  try {
    if (attack.control !== undefined) {
      const { isThrough, said } = await playAttack(stage, attack, { isControl: true });
      if (!isThrough) return { outcome: 'unclear', said: `what is allowed did not work: ${said}` };
    }
    const { isThrough, said } = await playAttack(stage, attack, { isControl: false });
    if (isThrough) return { outcome: 'through', said };
    return isRefusedBy(attack, said)
      ? { outcome: 'stopped', said }
      : { outcome: 'unclear', said: `stopped by none of the layers named: ${said}` };
  } catch (error) {
    return { outcome: 'unclear', said: String(error).slice(0, ERROR_CHARACTERS) };
  }
}

/** Also for what says nothing: then no layer of it does. */
function isRefusedBy({ layers }: Attack, said: string): boolean {
  const sayings = layers.flatMap(({ says }) => says ?? []);
  return sayings.length === 0 || sayings.some((saying) => saying.test(said));
}

export interface PlayOptions {
  readonly isControl: boolean;
  /** Instead of the attacker. */
  readonly player?: Pick<Player, 'play'>;
}

/** One attempt: what it shows to the attacker, and whether its proof is seen. Cleans up after it. */
export async function playAttack(stage: Stage, attack: Attack, options: PlayOptions): Promise<Played> {
  const NONCE = randomBytes(6).toString('hex');
  const own = fillValues(options.isControl ? { ...attack.with, ...attack.control } : (attack.with ?? {}), {
    ...stage.places,
    NONCE,
  });
  const values = { ...stage.places, ...own, NONCE };
  const { attempt } = attack;
  const player = options.player ?? stage.attacker;
  const play = typeof attempt === 'string' ? player.play(attempt, values) : attempt(stage, values);
  const said = await Promise.race([play, delay(ATTEMPT_LIMIT_MS, undefined, { ref: false })]);
  if (said === undefined) throw new Error(`It has not ended after ${ATTEMPT_LIMIT_MS} ms.`);
  const proof = (options.isControl ? attack.controlProof : undefined) ?? attack.proof;
  const isThrough = await isSeen(stage, proof, { said, values });
  if (isThrough) await attack.undo?.(stage, values);
  if ('leaves' in proof) await stage.admin.remove(fill(proof.leaves, values));
  return { isThrough, said };
}

async function isSeen(
  stage: Stage,
  proof: Proof,
  { said, values }: { said: string; values: Values },
): Promise<boolean> {
  if ('prints' in proof) return proof.prints.test(said);
  if ('seen' in proof) return await proof.seen(stage, values);
  if ('changes' in proof) {
    const object = await stage.admin.read(fill(proof.changes, values));
    return object !== undefined && proof.isChanged(object, values);
  }
  return (await stage.admin.read(fill(proof.leaves, values))) !== undefined;
}
