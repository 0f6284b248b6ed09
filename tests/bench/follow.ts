/**
 * A room of 300 that follows a deck at one server: how soon all have the next slide, beside the least that could pass it
 * on; what each costs in memory and in bytes while nothing happens; how soon who comes late, or was cut off, is there.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SHOWING_SUBPROTOCOL } from '../../sandbox-server/protocol/showing.ts';
import { makePosition, ShowingBrowser } from '../server/showing-page.ts';
import { createServerProcess } from '../support/server-process.ts';
import { type Figure, percentile } from './figures.ts';
import { readResidentBytes } from './processes.ts';
import { createRoom, post, readTraffic, type Room } from './room-of-followers.ts';

const FOLLOWERS = 300;
/** What comes up for the first, such as compiled code, is no part of a follower's own price. */
const FIRST_FOLLOWERS = 30;
const SLIDES = 60;
/** Faster than anybody presents, and slow enough that each change is by itself. */
const SLIDE_EVERY_MS = 150;
const LATE = 50;
const CUT = 100;
/** With two beats in it. */
const IDLE_MS = 60_000;
const SETTLE_MS = 5_000;
const P95_LIMIT_MS = 250;
const KB_LIMIT = 100;
const IDLE_LIMIT_BYTES = 2_000;
const BACK_LIMIT_MS = 1_000;

type Send = (slide: number) => Promise<void>;

export async function measureFollow(): Promise<readonly Figure[]> {
  const bare = await measureBare();
  await using server = await createServerProcess({ environment: { PODIUM_DRIVER: 'none' } });
  const presenter = new ShowingBrowser(server.origin);
  const { code } = await presenter.begin();
  const path = `/api/showings/${code}`;
  const headers = { origin: server.origin, cookie: presenter.key ?? '' };
  const send: Send = (slide) => post(`${server.origin}${path}/position`, makePosition(slide), headers);
  const url = `${server.origin.replace('http', 'ws')}${path}/socket`;
  using room = createRoom(() => new WebSocket(url, SHOWING_SUBPROTOCOL, { origin: server.origin }));
  await send(1);
  await fill(room, FIRST_FOLLOWERS);
  await measureSlides(room, send, 2);
  await delay(SETTLE_MS);
  const before = await readResidentBytes(server.pid);
  await fill(room, FOLLOWERS);
  const changes = await measureSlides(room, send, 100);
  await delay(SETTLE_MS);
  const after = await readResidentBytes(server.pid);
  const idle = await measureIdle(room);
  const late = await measureArrivals(room, LATE, send, 200);
  const cut = room.sockets.slice(0, CUT);
  for (const socket of cut) socket.terminate();
  const back = await measureArrivals(room, CUT, send, 400);
  return [
    { name: 'follow slide p50', value: percentile(changes, 0.5), unit: 'ms' },
    { name: 'follow slide p95', value: percentile(changes, 0.95), unit: 'ms', limit: P95_LIMIT_MS },
    { name: 'follow slide longest', value: percentile(changes, 1), unit: 'ms' },
    { name: 'follow bare p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'follow bare p95', value: percentile(bare, 0.95), unit: 'ms' },
    { name: 'follow each', value: (after - before) / (FOLLOWERS - FIRST_FOLLOWERS) / 1e3, unit: 'kB', limit: KB_LIMIT },
    { name: 'follow idle', value: idle, unit: 'bytes a minute', limit: IDLE_LIMIT_BYTES },
    { name: 'follow late p95', value: percentile(late, 0.95), unit: 'ms', limit: BACK_LIMIT_MS },
    { name: 'follow back p95', value: percentile(back, 0.95), unit: 'ms', limit: BACK_LIMIT_MS },
  ];
}

async function measureBare(): Promise<readonly number[]> {
  const child = fork(join(import.meta.dirname, 'bare-broadcast.ts'));
  const [port] = (await once(child, 'message')) as [number];
  using room = createRoom(() => new WebSocket(`ws://127.0.0.1:${port}`));
  await fill(room, FOLLOWERS);
  const send: Send = (slide) => post(`http://127.0.0.1:${port}`, makePosition(slide));
  await measureSlides(room, send, 2);
  const changes = await measureSlides(room, send, 100);
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  return changes;
}

async function fill(room: Room, count: number): Promise<void> {
  while (room.sockets.length < count) await room.join(undefined);
}

async function measureSlides(room: Room, send: Send, first: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let slide = first; slide < first + SLIDES; slide += 1) {
    times.push(...(await room.move(slide, send)));
    await delay(SLIDE_EVERY_MS);
  }
  return times;
}

/** The one that cost the most. */
async function measureIdle(room: Room): Promise<number> {
  const before = room.sockets.map(readTraffic);
  await delay(IDLE_MS);
  return Math.max(...room.sockets.map((socket, index) => readTraffic(socket) - (before[index] ?? 0)));
}

/** All at once, while the deck moves; each until it knows a slide that is not older than its coming. */
async function measureArrivals(room: Room, count: number, send: Send, slide: number): Promise<readonly number[]> {
  await send(slide);
  const arriving = Array.from({ length: count }, () => room.join(slide));
  await send(slide + 1);
  return Promise.all(arriving);
}
