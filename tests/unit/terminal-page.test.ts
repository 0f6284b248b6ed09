import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrivalTexts, newShellText, sayBytes } from '../../src/terminal/arrival-text.ts';
import { makeAsciicast } from '../../src/terminal/asciicast.ts';
import { decodeClipboardWrite } from '../../src/terminal/clipboard.ts';
import { deviceLabel } from '../../src/terminal/device.ts';
import { fitFontPx } from '../../src/terminal/fit-font.ts';
import { linkAddress } from '../../src/terminal/link-address.ts';
import { noticeEdge } from '../../src/terminal/notice-edge.ts';
import { pasteLines, runsAtOnce } from '../../src/terminal/paste.ts';
import { Recording } from '../../src/terminal/recording.ts';
import { decodeSettings } from '../../src/terminal/settings.ts';
import { add, close, decodeTabs, initialTabs, select, toggleSplit, withNames } from '../../src/terminal/tabs.ts';

describe('the name of a device', () => {
  const rows: readonly (readonly [string, string])[] = [
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 'Firefox on Android'],
    ['curl/8.0', ''],
  ];
  for (const [userAgent, label] of rows) {
    it(`is "${label}" for ${userAgent.slice(0, 40)}…`, () => assert.equal(deviceLabel(userAgent), label));
  }
});

describe('a paste', () => {
  it('is asked for when the shell would run it at once', () => {
    assert.equal(runsAtOnce('ls', false), false);
    assert.equal(runsAtOnce('ls\n', false), true);
    assert.equal(runsAtOnce('a\r\nb', false), true);
    assert.equal(runsAtOnce('a\nb', true), false);
  });
  it('is shown by its first lines, and counted', () => {
    assert.deepEqual(pasteLines('a\r\nb\n'), { shown: ['a', 'b'], count: 2 });
    const { shown, count } = pasteLines('x\n'.repeat(40));
    assert.equal(count, 40);
    assert.equal(shown.length, 12);
  });
});

describe('a program that copies', () => {
  const write = (text: string): string => `c;${Buffer.from(text).toString('base64')}`;
  it('may write text to the clipboard', () => {
    assert.equal(decodeClipboardWrite(write('héllo')), 'héllo');
    assert.equal(decodeClipboardWrite(`;${Buffer.from('x').toString('base64')}`), 'x');
  });
  it('may not read it, clear it, write another one, nonsense or too much', () => {
    for (const data of ['c;?', 'c;', 'p;eA==', 'c;e', 'c;//8=', 'nonsense', write('x'.repeat(70_000))]) {
      assert.equal(decodeClipboardWrite(data), null, data.slice(0, 20));
    }
  });
});

describe('the address of a link', () => {
  const parts = (uri: string): readonly string[] => {
    const { before, host, after } = linkAddress(uri);
    return [before, host, after];
  };
  it('says whose it is, whatever stands around that', () => {
    assert.deepEqual(parts('https://example.org'), ['https://', 'example.org', '/']);
    assert.deepEqual(parts('http://[::1]:8080/a@b?c'), ['http://', '[::1]:8080', '/a@b?c']);
    assert.deepEqual(parts('https://example.org@example.net/'), ['https://example.org@', 'example.net', '/']);
    assert.deepEqual(parts('https://example.net?@example.org'), ['https://', 'example.net', '/?@example.org']);
  });
  it('shows what would look like something else', () => {
    /* A Cyrillic а, and a character that turns the rest of the line round. */
    assert.deepEqual(parts('https://ex\u0430mple.org/\u202egro'), ['https://', 'xn--exmple-4nf.org', '/%E2%80%AEgro']);
    const { whole, before, host, after } = linkAddress('HTTPS://Example.org/a');
    assert.equal(whole, 'https://example.org/a');
    assert.equal(before + host + after, whole);
  });
});

describe('what is said over a terminal', () => {
  const rows = 30;
  it('lies at the top while the cursor is not there', () => {
    assert.equal(noticeEdge('top', { cursorRow: 3, rows, coveredRows: 3 }), 'top');
    assert.equal(noticeEdge('top', { cursorRow: 29, rows, coveredRows: 3 }), 'top');
  });
  it('makes way for the cursor, and stays there until the cursor follows', () => {
    assert.equal(noticeEdge('top', { cursorRow: 2, rows, coveredRows: 3 }), 'bottom');
    assert.equal(noticeEdge('bottom', { cursorRow: 26, rows, coveredRows: 3 }), 'bottom');
    assert.equal(noticeEdge('bottom', { cursorRow: 27, rows, coveredRows: 3 }), 'top');
  });
  it('stays where it is when there is no room for both', () => {
    assert.equal(noticeEdge('top', { cursorRow: 1, rows: 4, coveredRows: 3 }), 'top');
    assert.equal(noticeEdge('bottom', { cursorRow: 1, rows: 4, coveredRows: 3 }), 'bottom');
  });
});

describe('tabs', () => {
  it('get the next free number, up to six', () => {
    let tabs = initialTabs;
    for (let count = 0; count < 9; count += 1) tabs = add(tabs);
    assert.deepEqual(tabs, { names: ['1', '2', '3', '4', '5', '6'], shown: ['6'], active: '6' });
    assert.deepEqual(add(close(tabs, '2')).names, ['1', '2', '3', '4', '5', '6']);
  });
  it('know what the sandbox has, and keep what is shown', () => {
    assert.deepEqual(withNames({ names: ['1'], shown: ['1'], active: '1' }, ['10', '2']).names, ['1', '2', '10']);
  });
  it('show their neighbour when they are closed, and the last one stays', () => {
    const three = add(add(initialTabs));
    assert.deepEqual(close(select(three, '2'), '2'), { names: ['1', '3'], shown: ['3'], active: '3' });
    assert.deepEqual(close(three, '3').active, '2');
    assert.deepEqual(close(initialTabs, '1'), initialTabs);
  });
  it('split in two, with another terminal or a new one, and become one again', () => {
    const split = toggleSplit(initialTabs);
    assert.deepEqual(split, { names: ['1', '2'], shown: ['1', '2'], active: '2' });
    assert.deepEqual(toggleSplit(split).shown, ['2']);
    assert.deepEqual(close(split, '2'), { names: ['1'], shown: ['1'], active: '1' });
    assert.deepEqual(select(split, '1').shown, ['1', '2']);
    assert.deepEqual(select(add(split), '2').active, '2');
  });
  it('are remembered, and begin anew where that is nonsense', () => {
    const split = toggleSplit(initialTabs);
    assert.deepEqual(decodeTabs(JSON.stringify(split)), split);
    for (const stored of [
      null,
      '',
      '{}',
      '{"names":["<b>"],"shown":["<b>"],"active":"<b>"}',
      '{"names":["1"],"shown":["2"],"active":"2"}',
    ]) {
      assert.deepEqual(decodeTabs(stored), initialTabs);
    }
  });
});

describe('settings', () => {
  it('are the usual ones where nothing sensible is stored', () => {
    const usual = { fontPx: 14, colours: 'site', isScreenReaderMode: false };
    for (const stored of [null, 'nonsense', '{"fontPx":"large","colours":"pink"}']) {
      assert.deepEqual(decodeSettings(stored), usual);
    }
    assert.equal(decodeSettings('{"fontPx":4000}').fontPx, 32);
  });
});

describe('a watched screen', () => {
  it('is in text that is small enough for the window, and never larger than wanted', () => {
    const room = { columns: 80, rows: 24 };
    assert.equal(fitFontPx(14, room, { columns: 80, rows: 24 }, 14), 14);
    assert.equal(fitFontPx(14, room, { columns: 160, rows: 24 }, 14), 7);
    assert.equal(fitFontPx(14, room, { columns: 900, rows: 24 }, 14), 7);
    assert.equal(fitFontPx(7, { columns: 160, rows: 48 }, { columns: 20, rows: 5 }, 14), 14);
  });
});

describe('what is said of a shell', () => {
  it('names the reason where there is one that helps', () => {
    const arrival = { isAnotherShell: false, restartReason: null, lostBytes: 0, droppedBytes: 0 };
    assert.equal(newShellText(arrival), null);
    assert.equal(newShellText({ ...arrival, isAnotherShell: true }), 'terminal.newShell');
    assert.equal(newShellText({ ...arrival, restartReason: 'OOMKilled' }), 'restart.memory');
    assert.equal(newShellText({ ...arrival, restartReason: 'Sunspots' }), 'restart.other');
  });
  it('is the new shell, then what is no longer there; nothing where nothing is lost', () => {
    const arrival = { isAnotherShell: false, restartReason: null, lostBytes: 0, droppedBytes: 0 };
    assert.deepEqual(arrivalTexts(arrival), []);
    assert.deepEqual(arrivalTexts({ ...arrival, lostBytes: 1 }), ['terminal.lostBytes']);
    assert.deepEqual(arrivalTexts({ isAnotherShell: true, restartReason: 'Error', lostBytes: 1, droppedBytes: 1 }), [
      'restart.error',
      'terminal.lostBytes',
      'terminal.dropped',
    ]);
  });
  it('says amounts as people do', () => {
    const said = (bytes: number, language: string): string => sayBytes(bytes, language).replace(/[\u00a0\u202f]/g, ' ');
    assert.equal(said(3_210_000, 'en'), '3.2 MB');
    assert.equal(said(3_210_000, 'fr'), '3,2 Mo');
    assert.equal(said(12, 'en'), '12 bytes');
    assert.equal(said(1, 'fr'), '1 octet');
    assert.equal(said(51_300, 'en'), '51 kB');
  });
});

describe('a recording', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  it('is an asciicast of what was shown, with its times and sizes', () => {
    let nowMs = 1_700_000_000_000;
    const recording = new Recording(
      () => ({ columns: 80, rows: 24, drawing: 'first' }),
      () => nowMs,
    );
    assert.equal(recording.whole, null);
    recording.onDrawn(bytes('first'));
    nowMs += 500;
    const [head, tail] = [bytes('é').subarray(0, 1), bytes('é').subarray(1)];
    recording.onDrawn(head);
    recording.onDrawn(tail);
    nowMs += 1_000;
    recording.onResized(100, 30);
    assert.ok(recording.whole);
    const lines = makeAsciicast(recording.whole, 'A lab')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(lines, [
      { version: 2, width: 80, height: 24, timestamp: 1_700_000_000, title: 'A lab' },
      [0, 'o', 'first'],
      [0.5, 'o', ''],
      [0.5, 'o', 'é'],
      [1.5, 'r', '100x30'],
    ]);
  });
  it('forgets what is old, and begins with the screen as it was then', () => {
    let drawings = 0;
    const recording = new Recording(
      () => ({ columns: 80, rows: 24, drawing: `screen ${(drawings += 1)}` }),
      () => 0,
    );
    const chunk = new Uint8Array(64 * 1024);
    for (let count = 0; count < 200; count += 1) recording.onDrawn(chunk);
    const events = recording.whole?.events ?? [];
    const kept = events.reduce((sum, { data }) => sum + data.length, 0);
    assert.ok(kept < 5 * 1024 * 1024, `${kept} bytes`);
    assert.match(String(events[0]?.data), /^screen [2-9]$/);
  });
});
