/**
 * A fence `poll`: a question, then its answers as a list. `- [ ]` before each lets people choose several. Becomes a
 * paragraph and a list that the pages of a room count votes on; without a room it is the same to read.
 */
const ANSWER = /^[-*]\s+(?<box>\[ ?\]\s+)?(?<words>.+)$/;

export interface Poll {
  readonly question: string;
  readonly answers: readonly string[];
  readonly isMulti: boolean;
}

/** What a fence says; undefined where it has fewer than two answers, and stays what it is. */
export function decodePoll(text: string): Poll | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const answers = lines.map((line) => ANSWER.exec(line)?.groups).filter((groups) => groups !== undefined);
  if (answers.length < 2) return undefined;
  return {
    question: lines.filter((line) => line !== '' && !ANSWER.test(line)).join(' '),
    answers: answers.map(({ words = '' }) => words),
    isMulti: answers.every(({ box }) => box !== undefined),
  };
}

/** Puts polls in place of their fences. They are named by their order, which is that of the deck in other languages too. */
export function makePolls(slides: Element): void {
  let count = 0;
  for (const code of slides.querySelectorAll('pre > code.poll')) {
    const poll = decodePoll(code.textContent);
    if (poll === undefined) continue;
    count += 1;
    code.parentElement?.replaceWith(...makeElements(code.ownerDocument, poll, `poll-${count}`));
  }
}

function makeElements(document: Document, { question, answers, isMulti }: Poll, id: string): Element[] {
  const list = document.createElement('ul');
  list.setAttribute('data-poll', id);
  if (isMulti) list.setAttribute('data-poll-kind', 'multi');
  for (const answer of answers) {
    const item = document.createElement('li');
    item.textContent = answer;
    list.append(item);
  }
  const asked = document.createElement('p');
  asked.className = 'poll-question';
  asked.textContent = question;
  return question === '' ? [list] : [asked, list];
}
