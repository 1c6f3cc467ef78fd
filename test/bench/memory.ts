import { setTimeout as pause } from 'node:timers/promises';
import { shopServices } from '../../lab/images/catalogue.ts';
import type { Figure } from './figure.ts';
import { peers } from './peers.ts';
import { readUsage, type ProcessUsage } from './processes.ts';

const watchMs = 20_000;

/** What the processes hold now, and how busy they were while nobody asked anything of them. */
export interface Idle {
  usages: ProcessUsage[];
  /** Share of one core by process name. */
  cpu: Map<string, number>;
  watchedMs: number;
}

/** Watches for a while without doing anything. */
export async function idleCpu(enginePid: number, signal: AbortSignal, forMs = watchMs): Promise<Idle> {
  const before = await readUsage(enginePid);
  const begunAt = performance.now();
  await pause(forMs, undefined, { signal });
  const usages = await readUsage(enginePid);
  const watchedMs = performance.now() - begunAt;
  const cpu = new Map(
    usages.map(({ name, cpuMs }) => {
      const earlier = before.find((usage) => usage.name === name)?.cpuMs ?? 0;
      return [name, ((cpuMs - earlier) / watchedMs) * 100];
    }),
  );
  return { usages, cpu, watchedMs };
}

/** @param when `idle` or `after load` */
export function memoryFigures(when: 'idle' | 'after load', { usages, cpu, watchedMs }: Idle): Figure[] {
  const shop = new Set<string>(['engine', ...shopServices]);
  const mine = usages.filter(({ name }) => shop.has(name));
  const ofEach = usages.map((usage) => ({
    ...memory(`${usage.name}, ${when}`, [usage]),
    ...(usage.name === 'engine' && { peer: peers.engineMemory }),
  }));
  const sums = [
    {
      ...memory(`six services and engine, ${when}`, mine),
      ...(when === 'idle' && { target: { below: 600 } }),
    },
    memory(`all processes, ${when}`, usages),
  ];
  return when === 'idle' ? [...ofEach, ...sums, ...cpuFigures(cpu, watchedMs)] : [...ofEach, ...sums];
}

function memory(name: string, usages: readonly ProcessUsage[]): Figure {
  const sum = (of: (usage: ProcessUsage) => number) => usages.reduce((total, usage) => total + of(usage), 0);
  const value = sum(({ anonymousMiB }) => anonymousMiB);
  const beside = `RSS ${Math.round(sum(({ rssMiB }) => rssMiB))} MiB`;
  return { name, value, unit: 'MiB', n: usages.length, beside, how: 'RssAnon of /proc; n processes' };
}

function cpuFigures(cpu: ReadonlyMap<string, number>, watchedMs: number): Figure[] {
  const how = `of one core, over ${Math.round(watchedMs / 1000)} s; probes and samplers only`;
  const all = [...cpu.values()].reduce((total, share) => total + share, 0);
  return [
    { name: 'engine, idle', value: cpu.get('engine') ?? 0, unit: '%', n: 1, how, peer: peers.idleCpu },
    { name: 'all processes, idle', value: all, unit: '%', n: cpu.size, how },
  ];
}
