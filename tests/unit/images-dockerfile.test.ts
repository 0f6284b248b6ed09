import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDockerfile } from '../../deploy/images/dockerfile.ts';

describe('reading a Dockerfile', () => {
  it('keeps the steps in order and joins continued lines', () => {
    const [stage] = parseDockerfile(
      'FROM debian:bookworm-slim\n# why\nRUN one \\\n  && two \\\n# in between\n  && three\nCOPY --chmod=0755 a b /c/\n',
    );
    assert.deepEqual(stage?.steps, [
      { type: 'run', command: 'one && two && three' },
      { type: 'copy', from: undefined, sources: ['a', 'b'], destination: '/c/', mode: '0755' },
    ]);
  });

  it('keeps stages apart and knows where a COPY takes its files from', () => {
    const stages = parseDockerfile('FROM scratch AS one\nCOPY x /x\nFROM scratch\nCOPY --from=one /x /y\n');
    assert.deepEqual(
      stages.map(({ name, steps }) => [name, steps.length]),
      [
        ['one', 1],
        [undefined, 1],
      ],
    );
    assert.equal(stages[1]?.steps[0]?.type === 'copy' && stages[1].steps[0].from, 'one');
  });

  it('says how a container starts', () => {
    const text = `FROM scratch
ARG VERSION=1
ENV VERSION=$VERSION
ENV GREETING="Hello, you"
EXPOSE 8080
USER 1000:1000
WORKDIR /home
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/hello"]
CMD ["--loud"]
`;
    const config = {
      Env: ['VERSION=1', 'GREETING=Hello, you'],
      ExposedPorts: { '8080/tcp': {} },
      User: '1000:1000',
      WorkingDir: '/home',
      StopSignal: 'SIGQUIT',
      Entrypoint: ['/hello'],
      Cmd: ['--loud'],
    };
    assert.deepEqual(parseDockerfile(text)[0]?.config, config);
    assert.deepEqual(parseDockerfile(text, { VERSION: '2' })[0]?.config.Env[0], 'VERSION=2');
  });

  const refusals: readonly (readonly [string, RegExp])[] = [
    ['RUN true\n', /Line 1: RUN comes before the first FROM/],
    ['FROM scratch\n\nADD x /x\n', /Line 3: ADD is not in the part/],
    ['FROM scratch\nCMD sh\n', /Line 2: CMD must be a JSON array/],
    ['FROM scratch\nCMD [1]\n', /JSON array of strings/],
    ['FROM scratch\nRUN ["true"]\n', /plain shell command/],
    ['FROM scratch\nRUN --mount=type=cache true\n', /plain shell command/],
    ['FROM scratch\nCOPY --chown=1 a /b\n', /only --from and --chmod/],
    ['FROM scratch\nCOPY a b\n', /absolute destination/],
    ['FROM scratch\nENV A=1 B=2\n', /one NAME=value/],
    ['FROM scratch\nENV A=$B\n', /uses B, which no ARG declares/],
    ['FROM scratch\nWORKDIR here\n', /absolute folder/],
    ['FROM --platform=x scratch\n', /FROM image/],
    ['FROM scratch\nRUN true \\\n', /ends with a backslash/],
    ['# nothing\n', /has no FROM/],
  ];
  for (const [text, complaint] of refusals) {
    it(`refuses ${JSON.stringify(text)} and says why`, () => {
      assert.throws(() => parseDockerfile(text), { code: 'IMAGES_DOCKERFILE', message: complaint });
    });
  }
});
