import type { APIRoute } from 'astro';
import { makeLabSchema } from '../../../sandbox-server/protocol/lab-schema.ts';

export const GET: APIRoute = () =>
  new Response(makeLabSchema(), { headers: { 'content-type': 'application/schema+json' } });
