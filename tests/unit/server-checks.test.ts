import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeCheckOutput } from '../../sandbox-server/session/check-output.ts';

describe('the output of a check', () => {
  for (const [output, expected] of [
    ['no-pod', { message: 'no-pod', values: {} }],
    ['no-pod pod=web\n', { message: 'no-pod', values: { pod: 'web' } }],
    [
      'loading…\nwrong-image pod=web found=busybox\n\n',
      { message: 'wrong-image', values: { pod: 'web', found: 'busybox' } },
    ],
    ["not-ready status='Crash Loop' pod=web", { message: 'not-ready', values: { status: 'Crash Loop', pod: 'web' } }],
    ["empty found=''", { message: 'empty', values: { found: '' } }],
    ['equals found=a=b', { message: 'equals', values: { found: 'a=b' } }],
    ["control found='a\u001b[31mb'", { message: 'control', values: { found: 'a[31mb' } }],
  ] as const) {
    it(`is understood: ${JSON.stringify(output)}`, () => assert.deepEqual(decodeCheckOutput(output), expected));
  }

  for (const output of ['', 'No pod', 'error: x', 'no-pod pod', "no-pod pod='web", 'no-pod 1=2', 'a/b']) {
    it(`is no message: ${JSON.stringify(output)}`, () => assert.equal(decodeCheckOutput(output), undefined));
  }

  it('is cut to what a sentence can hold', () => {
    const values = Array.from({ length: 20 }, (_, index) => `k${index}=${'x'.repeat(1000)}`).join(' ');
    const decoded = decodeCheckOutput(`long ${values}`);
    assert.deepEqual(
      Object.values(decoded?.values ?? {}).map(({ length }) => length),
      Array(10).fill(200),
    );
  });

  it('never breaks the server, whatever a learner’s object made it say', () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        decodeCheckOutput(noise);
        decodeCheckOutput(`no-pod found='${noise}'`);
      }),
    );
  });
});
