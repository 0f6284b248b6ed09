import type { FastifyInstance } from 'fastify';
import type { DriverSwitch } from '../driver/driver-switch.ts';
import { makeRefusal, PodiumError, toPodiumError } from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface HealthDeps {
  readonly drivers: DriverSwitch;
  readonly metrics: Metrics;
}

/** For whoever watches the server: is it alive, can it give sandboxes, and its figures. */
export function registerHealth(app: FastifyInstance, { drivers, metrics }: HealthDeps): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ alive: true }));
  app.get('/readyz', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    try {
      const { isolation } = await drivers.whenReady(AbortSignal.abort(new PodiumError('cluster_starting')));
      const report = isolation && { isolation: isolation.report };
      if (!isolation?.isBroken) return { ready: true, ...report };
      const failure = new PodiumError('isolation_unproved');
      return reply.code(failure.traits.status).send({ ...makeRefusal(failure), ...report });
    } catch (error) {
      const failure = toPodiumError(error);
      return reply.code(failure.traits.status).send(makeRefusal(failure));
    }
  });
  app.get('/metrics', async (_request, reply) =>
    reply
      .type(metrics.registry.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.registry.metrics()),
  );
}
