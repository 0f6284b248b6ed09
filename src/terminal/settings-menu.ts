/** "Settings" under a terminal: how it looks, and what is done with it now and then. */
import { announce } from './announcer.ts';
import { button, element } from './dom.ts';
import { chordNames, type Chord } from './keys.ts';
import { text, type PageTextKey } from './page-texts.ts';
import type { SettingsStore, TerminalSettings } from './settings.ts';

export interface SettingsMenuActions {
  readonly find: () => void;
  readonly saveText: () => void;
  readonly saveRecording: () => void;
  readonly handOver: () => void;
}

export interface SettingsMenu extends Disposable {
  /** The button with its menu. */
  readonly element: HTMLElement;
}

const shownChords: readonly (readonly [Chord, PageTextKey])[] = [
  ['leave', 'menu.key.leave'],
  ['copy', 'menu.key.copy'],
  ['paste', 'menu.key.paste'],
  ['find', 'menu.key.find'],
  ['larger', 'menu.key.larger'],
  ['smaller', 'menu.key.smaller'],
];

export function createSettingsMenu(settings: SettingsStore, actions: SettingsMenuActions): SettingsMenu {
  const gone = new AbortController();
  const { signal } = gone;
  const menu = element('div', { class: 'settings-menu', id: 'podium-settings', role: 'group', hidden: true });
  menu.setAttribute('aria-label', text('menu.title'));
  const opener = button(text('menu.open'), () => show(menu.hidden !== false), {
    'aria-expanded': 'false',
    'aria-controls': 'podium-settings',
    'data-action': 'settings',
  });
  const show = (isShown: boolean): void => {
    menu.hidden = !isShown;
    opener.setAttribute('aria-expanded', String(isShown));
    if (isShown) menu.querySelector('button')?.focus();
  };
  const act = (run: () => void) => (): void => {
    show(false);
    opener.focus();
    run();
  };
  menu.append(
    fontRow(settings, signal),
    coloursRow(settings, signal),
    readerRow(settings, signal),
    element(
      'div',
      { class: 'menu-actions' },
      button(text('menu.find'), act(actions.find), { 'data-action': 'find' }),
      button(text('menu.saveText'), act(actions.saveText), { 'data-action': 'save-text' }),
      button(text('menu.saveRecording'), act(actions.saveRecording), { 'data-action': 'save-recording' }),
      button(text('menu.handOver'), act(actions.handOver), { 'data-action': 'hand-over' }),
    ),
    keyList(),
  );
  const place = element('span', { class: 'bar-settings' }, opener, menu);
  place.addEventListener('keydown', (key) => {
    if (key.key !== 'Escape' || menu.hidden) return;
    key.stopPropagation();
    show(false);
    opener.focus();
  });
  const onOutside = ({ target }: Event): void => {
    if (!menu.hidden && target instanceof Node && !place.contains(target)) show(false);
  };
  document.addEventListener('pointerdown', onOutside, { signal });
  place.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !place.contains(relatedTarget)) show(false);
  });
  return { element: place, [Symbol.dispose]: () => gone.abort() };
}

function row(label: PageTextKey, ...controls: readonly HTMLElement[]): HTMLElement {
  const name = element('span', { class: 'menu-label', 'aria-hidden': 'true' }, text(label));
  const made = element('div', { class: 'menu-row', role: 'group' }, name, ...controls);
  made.setAttribute('aria-label', text(label));
  return made;
}

function fontRow(settings: SettingsStore, signal: AbortSignal): HTMLElement {
  const size = element('output', { class: 'menu-value' });
  settings.subscribe(({ fontPx }) => (size.textContent = text('menu.font.px', { px: fontPx })), signal);
  const step = (key: PageTextKey, direction: 1 | -1): HTMLElement =>
    button(text(key), () => settings.stepFont(direction), { class: 'button' });
  return row('menu.font', step('menu.font.smaller', -1), size, step('menu.font.larger', 1));
}

function coloursRow(settings: SettingsStore, signal: AbortSignal): HTMLElement {
  const choice = (colours: TerminalSettings['colours'], key: PageTextKey): HTMLElement => {
    const made = button(text(key), () => settings.change({ colours }), { class: 'button' });
    settings.subscribe((now) => made.setAttribute('aria-pressed', String(now.colours === colours)), signal);
    return made;
  };
  const choices = [choice('site', 'menu.colours.site'), choice('projector', 'menu.colours.projector')];
  return row('menu.colours', element('div', { class: 'menu-choices' }, ...choices));
}

function readerRow(settings: SettingsStore, signal: AbortSignal): HTMLElement {
  const press = (): void => {
    const isOn = !settings.current.isScreenReaderMode;
    settings.change({ isScreenReaderMode: isOn });
    announce(text(isOn ? 'terminal.readerOn' : 'terminal.readerOff'));
  };
  const made = button(text('terminal.reader'), press, { class: 'button', 'data-action': 'screen-reader' });
  settings.subscribe((now) => made.setAttribute('aria-pressed', String(now.isScreenReaderMode)), signal);
  return row('menu.reader', made);
}

function keyList(): HTMLElement {
  const list = element('dl', { class: 'menu-keys' });
  for (const [chord, key] of shownChords) {
    list.append(element('dt', {}, text(key)), element('dd', {}, element('kbd', {}, chordNames[chord])));
  }
  return list;
}
