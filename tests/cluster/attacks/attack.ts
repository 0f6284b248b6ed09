/**
 * What a learner who means harm tries, as data: one file of rows for each class of attack, and what plays them on the
 * running product. A row got through only when its proof is seen: a marker that was read, an object that exists, a
 * connection that was made; that a command failed proves nothing. Where it can be, the same attempt is first made
 * against what is allowed (its control), so that a script that is broken is not taken for a wall.
 */
import type { Layer } from './layers.ts';
import type { Stage } from './stage.ts';

/** Variables of a script. `$NAME` in a value, and in a path, stands for what the stage calls so. */
export type Values = Readonly<Record<string, string>>;

export type Proof =
  /** Among what the attempt shows to the attacker. */
  | { readonly prints: RegExp }
  /** An object that an administrator then finds there; it is removed again. */
  | { readonly leaves: string }
  /** An object that an administrator then finds changed. */
  | { readonly changes: string; readonly isChanged: (object: unknown, values: Values) => boolean }
  | { readonly seen: (stage: Stage, values: Values) => boolean | Promise<boolean> };

/** A script for bash in the attacker's own shell, or what a browser does; gives what the attacker sees of it. */
export type Attempt = string | ((stage: Stage, values: Values) => Promise<string>);

export interface Attack {
  /** Finishes the sentence "a learner tries to …". */
  readonly name: string;
  readonly attempt: Attempt;
  /** Of the attack, and of its control; a control without a wall in its way must get through. */
  readonly with?: Values;
  readonly control?: Values;
  readonly proof: Proof;
  /** Where the control shows itself otherwise. */
  readonly controlProof?: Proof;
  /** All that stop it: with all of them taken off it gets through, with any one of them in place it does not. */
  readonly layers: readonly [Layer, ...Layer[]];
  /** What an administrator puts right afterwards, should it have got through. */
  readonly undo?: (stage: Stage, values: Values) => Promise<unknown>;
}

export interface AttackClass {
  readonly name: string;
  readonly attacks: readonly Attack[];
  /** A sandbox for this class alone: for what harms whoever shares it. */
  readonly isAlone?: boolean;
  /** How many of its attacks disturb neither each other nor the proof; 1 where it is left out. */
  readonly atOnce?: number;
}

/** `unclear`: the control did not get through, or what refused is none of the layers that the row names. */
export type Outcome = 'stopped' | 'through' | 'unclear';

export interface Result {
  readonly attackClass: string;
  readonly attack: Attack;
  readonly outcome: Outcome;
  /** What the attacker saw, or what went wrong. */
  readonly said: string;
}
