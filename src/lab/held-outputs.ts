/** What one should see after a prediction is kept back until the prediction is made: otherwise it stands there as the answer. */
import { button, element } from '../terminal/dom.ts';
import { text } from '../terminal/page-texts.ts';

/** Keeps back the outputs of what is tried for this prediction; the answer shows them. */
export function holdOutputs(prediction: HTMLElement): () => void {
  const outputs = outputsAfter(prediction);
  for (const output of outputs) hold(output);
  return () => {
    for (const output of outputs) release(output);
  };
}

/** As far as the next text, heading or question: from there on it is about something else. */
function outputsAfter(prediction: HTMLElement): readonly HTMLElement[] {
  const outputs: HTMLElement[] = [];
  for (let next = prediction.nextElementSibling; next instanceof HTMLElement; next = next.nextElementSibling) {
    const isOther = next.matches('h2, h3, h4, .question') || (outputs.length > 0 && next.matches('p'));
    if (isOther) break;
    if (next.matches('.block-output')) outputs.push(next);
  }
  return outputs;
}

function hold(output: HTMLElement): void {
  const show = button(text('lab.output.show'), () => {
    release(output);
    output.tabIndex = -1;
    output.focus();
  });
  show.className = 'block-button block-run';
  output.dataset['held'] = '';
  output.append(element('div', { class: 'output-held' }, element('p', {}, text('lab.output.held')), show));
}

function release(output: HTMLElement): void {
  delete output.dataset['held'];
  output.querySelector('.output-held')?.remove();
}
