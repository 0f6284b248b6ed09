/**
 * What we do otherwise than reveal.js with its plugins for Markdown, code and math. The docs and the comparison with
 * reveal.js read this list; what is not in it must be the same.
 */

export interface Difference {
  readonly name: string;
  readonly what: string;
  readonly why: string;
}

export const differences: readonly Difference[] = [
  {
    name: 'front-matter',
    what: 'A head of YAML (`---`) or TOML (`+++`) holds settings and is never shown.',
    why: 'reveal.js would make a slide of it.',
  },
  {
    name: 'separators',
    what: 'Lines of `--`, `----` or `___` separate vertical slides where a deck uses them and names no separator.',
    why: 'Older decks had their separators in the page around them, which is not in the file.',
  },
  {
    name: 'fences',
    what: 'A separator or `Note:` within a fence of code is code.',
    why: 'reveal.js splits first and reads Markdown afterwards, so an example of YAML breaks a slide in two.',
  },
  {
    name: 'code',
    what: 'Code is coloured by Shiki when the site is built; steps of lines are laid out as reveal.js does.',
    why: 'Nothing has to be loaded to read code, and it has the colours of the theme.',
  },
  {
    name: 'math',
    what: 'Math is set by KaTeX when the site is built, where a deck has any.',
    why: 'Nothing has to be loaded from elsewhere, and a deck with prices in it is left alone.',
  },
  {
    name: 'pictures',
    what: 'Addresses of pictures and films become those of the site; a picture that is missing is its description.',
    why: 'A deck is moved without being changed, and one lost picture breaks nothing.',
  },
  {
    name: 'icons',
    what: 'Names of Font Awesome become pictures in the page.',
    why: 'Older decks use them, and one icon needs no font of thousands.',
  },
  {
    name: 'ids',
    what: 'An id that several slides have gets a number, `agenda-2`.',
    why: 'An address must lead to one slide.',
  },
  {
    name: 'live',
    what: 'A `<podium-terminal>` has a still beside it, for paper; a fence `poll` becomes a question with answers.',
    why: 'A handout cannot start a shell, and a room votes on answers rather than on code.',
  },
  {
    name: 'leftovers',
    what: 'The marks of the plugin and `<script>` elements are left out.',
    why: 'Scripts do not run in reveal.js either; in a page that is built they would.',
  },
];
