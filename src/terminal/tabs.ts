/** Which terminals there are, which are shown, and which one is in use. Pure. */
import { MAX_TERMINALS } from '../../sandbox-server/protocol/frames.ts';

export interface TabsState {
  /** In the order of their tabs. */
  readonly names: readonly string[];
  /** One, or two beside each other. */
  readonly shown: readonly string[];
  readonly active: string;
}

export const FIRST_TERMINAL = '1';

export const initialTabs: TabsState = { names: [FIRST_TERMINAL], shown: [FIRST_TERMINAL], active: FIRST_TERMINAL };

/** The sandbox has these; what is shown here stays, also when it has ended elsewhere. */
export function withNames({ shown, active }: TabsState, known: readonly string[]): TabsState {
  const names = [...new Set([...known, ...shown])].toSorted((one, other) =>
    one.localeCompare(other, 'en', { numeric: true }),
  );
  return { names, shown, active };
}

/** Shows a terminal in place of the one in use, or goes to it where it is shown already. */
export function select(state: TabsState, name: string): TabsState {
  if (!state.names.includes(name)) return state;
  const shown = state.shown.includes(name)
    ? state.shown
    : state.shown.map((each) => (each === state.active ? name : each));
  return { ...state, shown, active: name };
}

/** The terminal in use is this one, beside the one before it where it was not shown; it is made if there is none. */
export function showBeside(state: TabsState, name: string): TabsState {
  const { names, shown, active } = withNames(state, [...state.names, name]);
  if (shown.includes(name)) return { names, shown, active: name };
  return { names, shown: names.filter((each) => each === name || each === active), active: name };
}

/** The state with another terminal, shown; the same state where there are as many as a sandbox may have. */
export function add(state: TabsState): TabsState {
  if (state.names.length >= MAX_TERMINALS) return state;
  return select(withNames(state, [...state.names, freeName(state.names)]), freeName(state.names));
}

/** Without a terminal; its neighbour takes its place. The last one stays. */
export function close({ names, shown, active }: TabsState, name: string): TabsState {
  const left = names.filter((each) => each !== name);
  const index = names.indexOf(name);
  const next = left[Math.min(index, left.length - 1)];
  if (next === undefined || index < 0) return { names, shown, active };
  const stillShown = shown.filter((each) => each !== name);
  const first = stillShown[0] ?? next;
  return { names: left, shown: stillShown.length > 0 ? stillShown : [next], active: active === name ? first : active };
}

/** Two beside each other: the next terminal comes to the one in use, a new one where there is no other. Or one again. */
export function toggleSplit(state: TabsState): TabsState {
  if (state.shown.length > 1) return { ...state, shown: [state.active] };
  const other = state.names.find((name) => name !== state.active);
  const name = other ?? freeName(state.names);
  return { names: withNames(state, [...state.names, name]).names, shown: [state.active, name], active: name };
}

/** What was stored, where it is one of ours. */
export function decodeTabs(stored: string | null): TabsState {
  try {
    const { names, shown, active } = JSON.parse(stored ?? '{}') as Partial<TabsState>;
    const isGood = isNames(names) && isNames(shown) && shown.length <= 2 && shown.every((name) => names.includes(name));
    return isGood && active !== undefined && shown.includes(active) ? { names, shown, active } : initialTabs;
  } catch {
    return initialTabs;
  }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => /^[1-9]\d?$/.test(String(name)));
}

function freeName(names: readonly string[]): string {
  let number = 1;
  while (names.includes(String(number))) number += 1;
  return String(number);
}
