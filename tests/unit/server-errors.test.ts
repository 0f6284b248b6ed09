import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PodiumError, errorTable, makeRefusal, toPodiumError } from '../../sandbox-server/errors.ts';
import { errorTexts } from '../../src/i18n/error-texts.ts';

const root = join(import.meta.dirname, '../..');
const codes = Object.keys(errorTable);

describe('the table of errors', () => {
  for (const [file, words] of [
    ['errors.md', { close: 'close code', again: 'try again', never: 'trying again does not help' }],
    ['errors.fr.md', { close: 'code de fermeture', again: 'réessayez', never: 'réessayer n’y change rien' }],
  ] as const) {
    it(`has a heading with the true facts for each code in ${file}, and no other`, async () => {
      const page = await readFile(join(root, 'content/docs/reference', file), 'utf8');
      const facts = [...page.matchAll(/^### (\w+)\n\n(.+)$/gm)].map(([, code, line]) => `${code}: ${line}`);
      const expected = Object.entries(errorTable).map(
        ([code, { status, closeCode, retryable }]) =>
          `${code}: HTTP ${status} · ${words.close} ${closeCode} · ${retryable ? words.again : words.never}`,
      );
      assert.deepEqual(facts.toSorted(), expected.toSorted());
    });
  }

  it('has a sentence of the page for each code, in both languages', () => {
    const texts: Readonly<Record<string, { en: string; fr: string }>> = errorTexts;
    assert.deepEqual(
      codes.filter((code) => !texts[code]?.en || !texts[code]?.fr),
      [],
    );
  });

  it('closes sockets with codes that the protocol allows', () => {
    for (const [code, { closeCode }] of Object.entries(errorTable)) {
      assert.ok([1002, 1009, 1011, 1012].includes(closeCode) || (closeCode >= 4000 && closeCode <= 4999), code);
    }
  });
});

describe('a refusal', () => {
  it('says the code and the values, and never the cause', () => {
    const error = new PodiumError('lab_unknown', { values: { lab: 'x' }, cause: new Error('/etc/secret') });
    assert.deepEqual(makeRefusal(error), { code: 'lab_unknown', retryable: false, values: { lab: 'x' } });
  });

  it('is "internal" for what nobody foresaw', () => {
    assert.deepEqual(makeRefusal(toPodiumError(new TypeError('x is undefined'))), {
      code: 'internal',
      retryable: true,
    });
  });
});
