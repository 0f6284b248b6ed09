import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markdownToHtml } from 'satteri';
import { stepsInLanguage } from '../../src/lab/lab-steps.ts';
import { labStepMarkdown } from '../../src/lab/markdown/lab-step.ts';
import { decodeProgress } from '../../src/lab/progress.ts';
import { asScriptData } from '../../src/lab/script-data.ts';
import { stepByKey } from '../../src/lab/steps.ts';
import { decodeShare, shareAfterKey } from '../../src/lab/split.ts';

async function renderStep(markdown: string, file = '/c/labs/first-steps/steps/03-name.md'): Promise<string> {
  const { html } = await markdownToHtml(markdown, {
    features: { directive: true },
    fileURL: new URL(`file://${file}`),
    mdastPlugins: [labStepMarkdown],
  });
  return html;
}

describe('a step’s Markdown', () => {
  it('numbers run blocks in the order of the document, also inside hints', async () => {
    const html = await renderStep(
      '```bash run\na\n```\n\n```bash\nb\n```\n\n:::hint[More]\n```bash run\nc\n```\n:::\n\n```yaml run\nd: 1\n```\n',
    );
    assert.deepEqual(
      [...html.matchAll(/data-block="([^"]+)"/g)].map(([, id]) => id),
      ['s3-b1', 's3-b2', 's3-b3'],
    );
    assert.equal(html.match(/data-copy/g)?.length, 4);
  });
  it('keeps an option together, and says how far each line is set in', async () => {
    const html = await renderStep('```bash\nkubectl run web --image=a-b\n```\n\n```yaml\na:\n  - b-c: d\n```\n');
    assert.match(html, /<span class="word">--image=a-b<\/span>/);
    assert.equal(html.match(/--indent:2ch/g)?.length, 1);
    assert.match(html.replaceAll(/<[^>]+>/g, ''), /kubectl run web --image=a-b\s+a:\n {2}- b-c: d/);
  });
  it('gives what one should see no buttons', async () => {
    const html = await renderStep('```output\nNAME <none>\n```\n');
    assert.match(html, /<figure class="block block-output">/);
    assert.doesNotMatch(html, /data-copy|data-block/);
    assert.match(html, /NAME &#x3C;none>|NAME &lt;none&gt;/);
  });
  it('says in which terminal a block is run, and under which path one is saved', async () => {
    const html = await renderStep(
      '```bash run=second\na\n```\n\n```yaml save=a/b.yaml\nc: 1\n```\n\n```bash run\nd\n```\n\n```yaml save=e\nf\n```\n',
    );
    assert.deepEqual(html.match(/data-(?:block|terminal|save|path)="[^"]*"/g), [
      'data-block="s3-b1"',
      'data-terminal="2"',
      'data-save="s3-f1"',
      'data-path="a/b.yaml"',
      'data-block="s3-b2"',
      'data-save="s3-f2"',
      'data-path="e"',
    ]);
  });
  it('marks what one may have to run again to see', async () => {
    assert.match(await renderStep('```output again\nRunning\n```\n'), /<figure class="block block-output" data-again>/);
  });
  it('asks a question without a word of what is right and why', async () => {
    const html = await renderStep(
      ':::quiz{name=who}\nWho is `x`?\n\n- [ ] *one*\n- [x] two\n\nBecause of three.\n:::\n',
    );
    assert.match(
      html,
      /<form class="question" data-question="who" data-kind="quiz">\s*<fieldset>\s*<legend>\s*Who is <code>x<\/code>\?\s*<\/legend>/,
    );
    assert.deepEqual(html.match(/<input[^>]*>/g), [
      '<input type="radio" name="who" value="0">',
      '<input type="radio" name="who" value="1">',
    ]);
    assert.match(html, /<em>one<\/em>/);
    assert.doesNotMatch(html, /Because|checked|disabled/);
  });
  it('lets several answers be chosen where several are right', async () => {
    const html = await renderStep(':::predict{name=who}\nA?\n\n- [x] one\n- [x] two\n\nB.\n:::\n');
    assert.equal(html.match(/type="checkbox"/g)?.length, 2);
    assert.match(html, /data-kind="predict"/);
  });
  it('draws diagrams in the colours of the page, with words for those who do not see them', async () => {
    const html = await renderStep('```dot alt="A makes \'B\' & <more>"\ndigraph { a -> b [class=accent] }\n```\n');
    assert.match(
      html,
      /<figure class="diagram" tabindex="0"><svg role="img" aria-label="A makes 'B' &amp; &lt;more>" width="\d+"/,
    );
    assert.match(html, /class="edge accent"/);
    assert.doesNotMatch(html, /black|font-family| id=|<title>|<!--/);
  });
  it('does not build with a diagram, a block or a question that cannot be read', async () => {
    await assert.rejects(renderStep('```dot alt="x"\ndigraph {\n```\n'), /diagram cannot be drawn: syntax error/);
    await assert.rejects(renderStep('```bash rum\nx\n```\n'), /"rum" means nothing/);
    await assert.rejects(async () => renderStep(':::quiz{name=a}\nb\n:::\n'), /The question a: Write the question/);
  });
  it('makes the place of a check, and a name in it cannot break out', async () => {
    assert.match(await renderStep('::check{name=first-pod}'), /<div class="check" data-check="first-pod"><\/div>/);
    assert.doesNotMatch(await renderStep(`::check{name='"><script>'}`), /<script>/);
  });
  it('makes hints that open, with a title of the file’s language where they have none', async () => {
    assert.match(
      await renderStep(':::hint[Why *so*?]\nText\n:::'),
      /<details class="hint"><summary>Why <em>so<\/em>\?<\/summary>/,
    );
    assert.match(await renderStep(':::hint\nText\n:::'), /<summary>Hint<\/summary>/);
    assert.match(await renderStep(':::hint\nTexte\n:::', '/c/labs/x/steps/01-a.fr.md'), /<summary>Indice<\/summary>/);
  });
  it('puts headings below the step’s, with ids of their own', async () => {
    assert.equal(
      await renderStep('## Écrire\n\n## Écrire\n'),
      '<h3 id="step-3-écrire">Écrire</h3>\n<h3 id="step-3-écrire-2">Écrire</h3>\n',
    );
  });
  it('leaves every other file alone', async () => {
    for (const file of ['/c/docs/index.md', '/c/labs/x/notes/01-a.md', '/c/labs/x/steps/intro.md']) {
      assert.equal(await renderStep('## A\n', file), '<h2>A</h2>\n');
    }
  });
  it('keeps braces and angle brackets of prose', async () => {
    assert.match(await renderStep('`{{ .Values }}` and `{.items[*]}`'), /\{\{ \.Values \}\}.*\{\.items\[\*\]\}/);
  });
});

describe('the keys for steps', () => {
  it('are Alt with Page Down and Page Up, and no others', () => {
    const press = (key: string, altKey = true, ctrlKey = false) => stepByKey({ key, altKey, ctrlKey }, 3);
    assert.deepEqual([press('PageDown'), press('PageUp')], [4, 2]);
    assert.deepEqual([press('PageDown', false), press('PageDown', true, true), press('n')], [null, null, null]);
  });
});

describe('the steps of a page', () => {
  it('are in their order, and in the other language where theirs is missing', () => {
    const ids = ['en/a/02-two', 'en/a/01-one', 'fr/a/02-two', 'en/b/01-other', 'en/ab/01-no'].map((id) => ({ id }));
    assert.deepEqual(
      stepsInLanguage(ids, 'a', 'fr').map(({ step, language }) => [step.id, language]),
      [
        ['en/a/01-one', 'en'],
        ['fr/a/02-two', 'fr'],
      ],
    );
  });
});

describe('what the browser remembers of a lab', () => {
  it('is what was stored, and a fresh start for anything else', () => {
    assert.deepEqual(decodeProgress('{"step":3,"done":["a",5]}'), { step: 3, done: ['a'], at: 0 });
    for (const stored of [null, '', 'x', '{"step":"3"}', '[]', '{"step":1}']) {
      assert.deepEqual(decodeProgress(stored), { step: 1, done: [], at: 0 });
    }
  });
});

describe('the line between text and terminal', () => {
  it('moves by the keys of a window splitter and stays in its bounds', () => {
    assert.deepEqual(
      ['ArrowLeft', 'ArrowRight', 'Home', 'End', 'Enter', 'x'].map((key) => shareAfterKey(50, key)),
      [48, 52, 28, 66, 44, null],
    );
    assert.equal(shareAfterKey(28, 'ArrowLeft'), 28);
  });
  it('comes back where it was, or to its usual place', () => {
    assert.deepEqual([null, '', 'x', '-4', '50', '99'].map(decodeShare), [44, 44, 44, 44, 50, 66]);
  });
});

describe('data in a page', () => {
  it('cannot end its script element', () => {
    assert.doesNotMatch(asScriptData({ a: '</script><!--' }), /</);
    assert.deepEqual(JSON.parse(asScriptData({ a: '</script>' })), { a: '</script>' });
  });
});
