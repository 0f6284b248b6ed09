/** The keys as the dialog lists them; a test holds them against what the keys do. */
import type { TextKey } from '../i18n/catalogue.ts';
import type { DeckAction } from './key-map.ts';

export interface ShownKey {
  /** What its button does; none for keys that move. */
  readonly action?: DeckAction | 'clock' | 'setBack';
  /** As they are written on the keyboard; those that differ by language by their text. */
  readonly keys: readonly string[];
  readonly text: TextKey;
}

const moves: readonly ShownKey[] = [
  { keys: ['→', 'keys.space', 'keys.pageDown', 'N'], text: 'keys.next' },
  { keys: ['←', 'keys.pageUp', 'P'], text: 'keys.previous' },
];
const shared: readonly ShownKey[] = [
  { action: 'goTo', keys: ['G', '/'], text: 'keys.goTo' },
  { action: 'blank', keys: ['B', '.'], text: 'keys.blank' },
  { action: 'point', keys: ['Q'], text: 'keys.point' },
  { action: 'type', keys: ['T'], text: 'keys.type' },
];
const help: ShownKey = { keys: ['?', 'F1'], text: 'keys.keys' };

export const keysOfDeck: readonly ShownKey[] = [
  ...moves,
  { keys: ['keys.home', 'keys.end'], text: 'keys.ends' },
  { action: 'speaker', keys: ['S'], text: 'keys.speaker' },
  { action: 'full', keys: ['F', 'F5'], text: 'keys.full' },
  { action: 'overview', keys: ['keys.escape', 'O'], text: 'keys.overview' },
  ...shared,
  help,
];

export const keysOfSpeaker: readonly ShownKey[] = [
  ...moves,
  ...shared,
  { action: 'clock', keys: ['C'], text: 'keys.clock' },
  { keys: ['+', '−'], text: 'keys.notesSize' },
  help,
];
