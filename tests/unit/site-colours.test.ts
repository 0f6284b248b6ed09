import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const src = join(import.meta.dirname, '../../src');
const files = globSync('**/*.{css,astro}', { cwd: src }).filter((file) => file !== 'styles/tokens.css');

const colourFunction = /#[0-9a-f]{3,8}\b(?=[^{]*[;}])|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(/i;
const namedColour =
  /(?:color|background|border|fill|stroke|outline)[\w-]*:[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple|navy|silver|teal)\b/i;

/** The declarations of a file: a stylesheet as it is, of a component its `<style>`. */
function stylesOf(file: string): string {
  const text = readFileSync(join(src, file), 'utf8').replace(/\/\*.*?\*\//gs, '');
  return file.endsWith('.css') ? text : [...text.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map(String).join('\n');
}

/** Names of tokens are not colours: `--terminal-red`. */
const withoutTokens = (css: string): string => css.replace(/--[\w-]+/g, '--token');

describe('a community that changes its tokens changes the whole site: outside tokens.css', () => {
  for (const file of files) {
    test(`${file} names no colour`, () => {
      const css = withoutTokens(stylesOf(file));
      assert.doesNotMatch(css, colourFunction);
      assert.doesNotMatch(css, namedColour);
    });
    if (file !== 'styles/fonts.css') {
      test(`${file} names no font`, () => {
        for (const [declaration = '', value = ''] of stylesOf(file).matchAll(/font-family:\s*([^;]+);/g)) {
          assert.match(value, /^(?:var\(--font-|inherit)/, declaration);
        }
      });
    }
    test(`${file} names no radius of its own`, () => {
      for (const [declaration = '', value = ''] of stylesOf(file).matchAll(/border-radius:\s*([^;]+);/g)) {
        assert.match(value, /^(?:0|inherit|50%|.*var\(--radius.*)/, declaration);
      }
    });
  }
});
