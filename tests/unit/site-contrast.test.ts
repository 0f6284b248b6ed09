import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { contrast, isInSrgb, type Oklch } from '../support/oklch.ts';

const tokens = readFileSync(join(import.meta.dirname, '../../src/styles/tokens.css'), 'utf8');
const [usual = '', ...rest] = tokens.split('@media (prefers-contrast: more)');
const moreContrast = rest.join('');

const ACCENT_HUE = Number(/--accent-hue: (\d+)/.exec(usual)?.[1]);
const TEXT = 4.5;
const BODY_TEXT = 7;
const EDGE = 3;

function parseColour(text: string, hue: number): Oklch {
  const [, lightness, chroma, own] = /oklch\(([\d.]+)% ([\d.]+) (.+)\)$/.exec(text) ?? [];
  return [Number(lightness) / 100, Number(chroma), own?.startsWith('var') ? hue : Number(own)];
}

/** Every role of `css` on both grounds. */
function rolesOf(css: string, hue = ACCENT_HUE): Map<string, { light: Oklch; dark: Oklch }> {
  const pattern =
    /--([\w-]+): light-dark\((oklch\([^()]*(?:\([^()]*\))?[^()]*\)), (oklch\([^()]*(?:\([^()]*\))?[^()]*\))\)/g;
  return new Map(
    [...css.matchAll(pattern)].map(([, name = '', light = '', dark = '']) => [
      name,
      { light: parseColour(light, hue), dark: parseColour(dark, hue) },
    ]),
  );
}

function assertContrast(roles: ReturnType<typeof rolesOf>, text: string, ground: string, least: number): void {
  for (const scheme of ['light', 'dark'] as const) {
    const [one, other] = [roles.get(text)?.[scheme], roles.get(ground)?.[scheme]];
    assert.ok(one && other, `${text} or ${ground} is not in tokens.css`);
    const ratio = contrast(one, other);
    assert.ok(ratio >= least, `${text} on ${ground} (${scheme}) has ${ratio.toFixed(2)}, needs ${least}`);
  }
}

const roles = rolesOf(usual);
/** What a reader has who asks the system for more contrast. */
const withMore = new Map([...roles, ...rolesOf(moreContrast)]);
const grounds = ['paper', 'surface'];
const terminalColours = [...roles.keys()].filter(
  (name) => name.startsWith('terminal-') && !/-(ground|cursor|selection|scrollbar|match|active)$/.test(name),
);

describe('a reader of any page', () => {
  for (const ground of grounds) {
    test(`reads body text on ${ground} without strain: it has 7:1`, () => {
      assertContrast(roles, 'ink', ground, BODY_TEXT);
    });
    for (const text of ['ink-quiet', 'accent', 'done', 'attention', 'failed']) {
      test(`reads ${text} on ${ground}: it has 4.5:1`, () => assertContrast(roles, text, ground, TEXT));
    }
    test(`sees the edge of what can be pressed on ${ground}: it has 3:1`, () => {
      assertContrast(roles, 'line-strong', ground, EDGE);
    });
  }
  test('reads the main button: its text has 4.5:1', () => assertContrast(roles, 'on-accent', 'accent', TEXT));
  test('reads links and marks on tinted grounds: they have 4.5:1', () => {
    assertContrast(roles, 'accent', 'accent-quiet', TEXT);
    assertContrast(roles, 'ink', 'accent-quiet', TEXT);
    assertContrast(roles, 'ink', 'attention-quiet', TEXT);
    assertContrast(roles, 'attention', 'attention-quiet', TEXT);
  });
  test('who asks for more contrast gets it: every text has 7:1', () => {
    for (const text of ['ink', 'ink-quiet', 'accent', 'done', 'attention', 'failed']) {
      for (const ground of grounds) assertContrast(withMore, text, ground, BODY_TEXT);
    }
  });
});

describe('a learner at the terminal', () => {
  test('has all 16 colours and the text', () => assert.equal(terminalColours.length, 17));
  for (const colour of terminalColours) {
    test(`reads ${colour}: it has 4.5:1 on both grounds`, () => {
      assertContrast(roles, colour, 'terminal-ground', TEXT);
    });
  }
  test('has 7:1 for all of them when asking for more contrast', () => {
    for (const colour of terminalColours) assertContrast(withMore, colour, 'terminal-ground', BODY_TEXT);
  });
  for (const ground of ['terminal-selection', 'terminal-match', 'terminal-match-active']) {
    test(`reads text on ${ground}: it has 4.5:1`, () => assertContrast(roles, 'terminal-ink', ground, TEXT));
  }
});

describe('a reader who chose high contrast in the switch', () => {
  test('gets exactly what the system’s wish for more contrast gives', () => {
    const declarations = (css: string): string[] => css.match(/--[\w-]+: [^;]+;/g) ?? [];
    const [bySystem = '', byChoice = ''] = moreContrast.split(":root[data-contrast='more']");
    assert.ok(declarations(byChoice.split('}')[0] ?? '').length > 20);
    assert.deepEqual(declarations(byChoice.split('}')[0] ?? ''), declarations(bySystem));
  });
});

describe('a page on a projector', () => {
  const [, block = ''] = /:root\[data-projector\] \{([^}]*)\}/.exec(usual) ?? [];
  const page = new Map(
    [...block.matchAll(/--([\w-]+): (oklch\((?:[^()]|\([^)]*\))*\))/g)].map(([, name = '', text = '']) => {
      const colour = parseColour(text, ACCENT_HUE);
      return [name, { light: colour, dark: colour }];
    }),
  );
  for (const text of ['ink', 'ink-quiet', 'accent', 'done', 'attention', 'failed']) {
    test(`reads ${text}: it has 7:1`, () => {
      for (const ground of grounds) assertContrast(page, text, ground, BODY_TEXT);
    });
  }
});

describe('a hall that looks at a projector', () => {
  const [, block = ''] = /\[data-projector\] \{([^}]*)\}/.exec(usual) ?? [];
  const colours = new Map(
    [...block.matchAll(/--([\w-]+): (oklch\([^)]*\))/g)].map(([, name = '', text = '']) => [
      name,
      parseColour(text, ACCENT_HUE),
    ]),
  );
  const ground = colours.get('terminal-ground');
  for (const name of terminalColours) {
    test(`reads ${name}: it has 7:1, and a screen can show it`, () => {
      const colour = colours.get(name);
      assert.ok(colour && ground, `${name} is not among the projector's colours`);
      const ratio = contrast(colour, ground);
      assert.ok(ratio >= BODY_TEXT, `${name} has ${ratio.toFixed(2)}, needs ${BODY_TEXT}`);
      assert.ok(isInSrgb(colour), `${name} is outside sRGB`);
    });
  }
});

describe('a community', () => {
  test('may choose any accent hue: text in it keeps 4.5:1', () => {
    for (let hue = 0; hue < 360; hue += 5) {
      const branded = rolesOf(usual, hue);
      for (const ground of [...grounds, 'accent-quiet']) assertContrast(branded, 'accent', ground, TEXT);
      assertContrast(branded, 'on-accent', 'accent', TEXT);
    }
  });
});

test('every colour is one that a screen can show: it lies in sRGB', () => {
  for (const [name, { light, dark }] of [...roles, ...rolesOf(moreContrast)]) {
    assert.ok(isInSrgb(light), `${name} (light) is outside sRGB`);
    assert.ok(isInSrgb(dark), `${name} (dark) is outside sRGB`);
  }
});
