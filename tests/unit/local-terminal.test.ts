import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createInputs } from '../../sandbox-server/driver/local-inputs.ts';
import { decodePsLine, decodeStat } from '../../sandbox-server/driver/local-processes.ts';
import { makeBeginning } from '../../sandbox-server/driver/local-resume.ts';
import { createByteRing } from '../../sandbox-server/driver/local-ring.ts';
import { createWriterSeat, type Candidate } from '../../sandbox-server/driver/local-writers.ts';

describe('the bytes that are kept', () => {
  const step = fc.oneof(
    fc.record({ add: fc.uint8Array({ maxLength: 200_000 }) }),
    fc.record({ drop: fc.nat({ max: 300_000 }) }),
  );

  it('are those that were printed, at their offsets, from whatever place and in whatever pieces they are read', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 1, max: 100_000 }),
        (steps, at, piece) => {
          const ring = createByteRing();
          let all = Buffer.alloc(0);
          for (const each of steps) {
            if ('add' in each) {
              ring.append(each.add);
              all = Buffer.concat([all, each.add]);
            } else ring.dropBefore(ring.start + each.drop);
          }
          assert.equal(ring.end, all.length);
          let offset = ring.start + (at % (ring.end - ring.start + 1));
          while (offset < ring.end) {
            const bytes = ring.read(offset, piece);
            assert.ok(bytes.length > 0 && bytes.length <= piece);
            assert.equal(Buffer.compare(bytes, all.subarray(offset, offset + bytes.length)), 0);
            offset += bytes.length;
          }
          assert.equal(ring.read(ring.end, piece).length, 0);
        },
      ),
    );
  });

  it('are not read where there are none', () => {
    const ring = createByteRing();
    ring.append(new Uint8Array(100_000));
    ring.dropBefore(70_000);
    assert.throws(() => ring.read(69_999, 1), /Byte 69999 is not among 70000 to 100000/);
    assert.throws(() => ring.read(100_001, 1), /not among/);
  });
});

describe('where a browser goes on', () => {
  const kept = { epoch: 'this', start: 100, end: 200 };
  const rows = [
    ['a new one: at the oldest byte', undefined, { isResumed: false, offset: 100, lostBytes: 100 }],
    ['at the byte that it wants', { epoch: 'this', offset: 150 }, { isResumed: true, offset: 150, lostBytes: 0 }],
    ['at the oldest byte', { epoch: 'this', offset: 100 }, { isResumed: true, offset: 100, lostBytes: 0 }],
    ['at the end', { epoch: 'this', offset: 200 }, { isResumed: true, offset: 200, lostBytes: 0 }],
    ['after a loss', { epoch: 'this', offset: 60 }, { isResumed: false, offset: 100, lostBytes: 40 }],
    ['in another shell', { epoch: 'that', offset: 150 }, { isResumed: false, offset: 100, lostBytes: 100 }],
    ['beyond the end', { epoch: 'this', offset: 201 }, { isResumed: false, offset: 100, lostBytes: 100 }],
  ] as const;
  for (const [what, resume, expected] of rows)
    it(`is right: ${what}`, () => assert.deepEqual(makeBeginning(kept, resume), expected));
});

describe('input', () => {
  it('is taken once each, however it is cut and sent again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 })), (resentFrom) => {
        const inputs = createInputs();
        const taken: number[] = [];
        let next = 1;
        for (const from of resentFrom) {
          // Sent again from somewhere before the end, and then one more.
          for (let sequence = Math.max(1, next - from); sequence <= next; sequence += 1)
            if (inputs.take('tab', sequence)) taken.push(sequence);
          next += 1;
        }
        assert.deepEqual(
          taken,
          resentFrom.map((_, index) => index + 1),
        );
        assert.equal(inputs.lastSequence('tab'), resentFrom.length);
        assert.equal(inputs.lastSequence('another tab'), 0);
      }),
    );
  });

  it('of a tab that types is not forgotten for many others', () => {
    const inputs = createInputs();
    for (let other = 0; other < 1000; other += 1) {
      inputs.take('tab', other + 1);
      inputs.take(`other-${other}`, 1);
    }
    assert.equal(inputs.lastSequence('tab'), 1000);
    assert.equal(inputs.take('tab', 1000), false);
  });
});

describe('the one who writes', () => {
  const makeCandidate = (client: string, wish: Candidate['wish'] = 'write'): Candidate => ({
    client,
    device: client,
    wish,
  });

  it('has written since it began, also after a reload', () => {
    let now = 1000;
    const seat = createWriterSeat(() => now);
    const [tab, reloaded, other] = [makeCandidate('a'), makeCandidate('a'), makeCandidate('b')];
    assert.equal(seat.join(tab), true);
    now = 2000;
    assert.equal(seat.join(reloaded), true);
    assert.deepEqual(
      [seat.roleOf(tab), seat.roleOf(reloaded), seat.writer],
      ['viewer', 'writer', { device: 'a', since: 1000 }],
    );
    assert.equal(seat.leave(tab), false);
    assert.equal(seat.join(other), false);
    assert.equal(seat.take(other), true);
    assert.deepEqual(seat.writer, { device: 'b', since: 2000 });
  });

  it('keeps its place when it is cut off, until that is released', () => {
    const seat = createWriterSeat(() => 0);
    const [tab, other, back] = [makeCandidate('a'), makeCandidate('b'), makeCandidate('a')];
    seat.join(tab);
    seat.join(other);
    assert.equal(seat.leave(tab), true);
    assert.deepEqual([seat.current, seat.writer?.device, seat.roleOf(other)], [undefined, 'a', 'viewer']);
    assert.equal(seat.join(back), true);
    assert.equal(seat.release(), false);
    seat.leave(back);
    assert.equal(seat.release(), true);
    assert.equal(seat.current, other);
  });

  it('is at most one, and never somebody who only views or has gone', () => {
    const act = fc.record({ who: fc.nat({ max: 4 }), does: fc.constantFrom('join', 'take', 'leave', 'release') });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const seat = createWriterSeat<Candidate>(() => 0);
        const people = ['write', 'write', 'write', 'view', 'view'].map((wish, index) =>
          makeCandidate(String(index), wish as Candidate['wish']),
        );
        const present = new Set<Candidate>();
        const took = new Set<Candidate>();
        for (const { who, does } of acts) {
          // Who comes back comes with a new connection.
          if (does === 'join' && !present.has(people[who]!)) people[who] = { ...people[who]! };
          const person = people[who]!;
          if (does === 'take' && present.has(person)) took.add(person);
          if (does === 'join') present.add(person);
          if (does === 'leave') present.delete(person);
          seat[does as 'join'](person);
          const { current } = seat;
          assert.ok(current === undefined || present.has(current));
          assert.ok(current === undefined || current.wish === 'write' || took.has(current));
          if ([...present].some(({ wish }) => wish === 'write')) assert.ok(seat.writer);
          if (does === 'release' && current === undefined) assert.equal(seat.writer, null);
        }
      }),
    );
  });
});

describe('what runs in a terminal', () => {
  it('is read of /proc, whatever the program is called', () => {
    assert.deepEqual(decodeStat('41 (a) (b c) S 1 41 40 34816 77 4194304 0'), {
      pid: 41,
      session: '40',
      foregroundGroup: 77,
      program: 'a) (b c',
    });
    assert.equal(decodeStat(''), undefined);
  });
  it('is read of ps, with and without a path', () => {
    const rows = [
      ['  41    77 ttys001  /bin/sleep', { pid: 41, session: 'ttys001', foregroundGroup: 77, program: 'sleep' }],
      ['41 -1 ?? -zsh', { pid: 41, session: '??', foregroundGroup: -1, program: 'zsh' }],
      ['', undefined],
    ] as const;
    for (const [line, expected] of rows) assert.deepEqual(decodePsLine(line), expected);
  });
});
