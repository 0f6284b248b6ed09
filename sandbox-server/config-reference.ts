/**
 * Writes the reference page of the configuration from the options themselves:
 * `node sandbox-server/config-reference.ts` rewrites it, and a test fails when it is not what this gives.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { options } from './config.ts';

export const REFERENCE_FILE = join(import.meta.dirname, '../content/docs/reference/configuration.md');

const INTRODUCTION = `---
title: Configuration
description: What an operator can set on the server.
---

<!-- Made by sandbox-server/config-reference.ts from sandbox-server/config.ts. -->

The server is set by environment variables and reads them once, at start. With a mistake it does not start: it lists all mistakes at once and says what to write. A variable that begins with \`PODIUM_\` and is not here is a mistake too. \`npm start\` sets most of them from its own options.
`;

/** The page, from the options alone. */
export function makeConfigReference(): string {
  const sections = Object.values(options).map(({ variable, about, defaultText, ...option }) => {
    const allowed = 'allowed' in option ? option.allowed : undefined;
    const values = allowed ? `\n- Values: ${allowed.map((value) => `\`${value}\``).join(', ')}` : '';
    return `## ${variable}\n\n${about}\n\n- Default: ${defaultText}${values}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

if (import.meta.main) await writeFile(REFERENCE_FILE, makeConfigReference());
