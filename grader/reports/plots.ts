import { podTimeline, type TraceSpan } from '../evidence.ts';
import { percentile } from '../statistics.ts';
import type { Window } from '../window.ts';
import { escapeMarkup as x } from './markup.ts';

const width = 720;
const left = 190;
const rowHeight = 22;

/** How long each order of the grader took; those that failed are crosses. */
export function latencyPlot({ orders, startedAtMs, endedAtMs }: Window): string {
  const height = 180;
  const floor = height - 24;
  const top =
    Math.max(
      100,
      percentile(
        orders.map(({ durationMs }) => durationMs),
        1,
      ) ?? 0,
    ) * 1.1;
  const atX = scale(startedAtMs, endedAtMs, 48, width - 12);
  const atY = scale(0, top, floor, 10);
  const dots = orders.map(({ sentAtMs, durationMs, id, status }) => {
    const [cx, cy] = [round(atX(sentAtMs)), round(atY(durationMs))];
    const title = `<title>${Math.round(durationMs)} ms, ${id ? 'confirmed' : `status ${status ?? 'none'}`}</title>`;
    return id
      ? `<circle class="ok" cx="${cx}" cy="${cy}" r="4">${title}</circle>`
      : `<path class="bad" d="M${cx - 4} ${cy - 4}l8 8m0-8l-8 8">${title}</path>`;
  });
  const lines = [0, 0.5, 1].map((share) => {
    const y = round(atY((top / 1.1) * share));
    return `<path class="grid" d="M48 ${y}H${width - 12}"/><text x="42" y="${y + 4}" text-anchor="end">${Math.round((top / 1.1) * share)} ms</text>`;
  });
  return svg(height, 'Time per order', [...lines, ...dots, axis(floor, startedAtMs, endedAtMs, 48)]);
}

/** Each pod's condition over the window. */
export function podPlot({ samples, startedAtMs, endedAtMs }: Window): string {
  const rows = podTimeline(samples, endedAtMs).slice(0, 40);
  const atX = scale(startedAtMs, endedAtMs, left, width - 12);
  const bars = rows.flatMap(({ pod, stretches }, index) => {
    const y = index * rowHeight + 4;
    const label = `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${x(shorten(pod))}</text>`;
    const parts = stretches.slice(0, 100).map(({ word, restarts, fromMs, toMs }) => {
      const from = round(atX(fromMs));
      const length = Math.max(1, round(atX(toMs) - atX(fromMs)));
      const kind = word === 'Running' ? 'ok' : 'bad';
      return `<rect class="${kind}" x="${from}" y="${y}" width="${length}" height="16"><title>${x(word)}, ${restarts} restarts</title></rect>`;
    });
    return [label, ...parts];
  });
  const floor = rows.length * rowHeight + 4;
  return svg(floor + 24, 'Pods over the window', [...bars, axis(floor, startedAtMs, endedAtMs, left)]);
}

/** The way of one order through the services. */
export function tracePlot(spans: readonly TraceSpan[]): string {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const atX = scale(startMs, endMs, left, width - 70);
  const rows = spans
    .toSorted((one, other) => one.startMs - other.startMs)
    .slice(0, 60)
    .flatMap(({ service, name, startMs: from, durationMs, status }, index) => {
      const y = index * rowHeight + 4;
      const length = Math.max(2, round(atX(from + durationMs) - atX(from)));
      const end = round(atX(from)) + length + 6;
      return [
        `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${x(shorten(service))}</text>`,
        `<rect class="${status === 'error' ? 'bad' : 'ok'}" x="${round(atX(from))}" y="${y}" width="${length}" height="16"><title>${x(name)}</title></rect>`,
        `<text x="${end}" y="${y + 13}">${round(durationMs)} ms</text>`,
      ];
    });
  return svg(Math.min(spans.length, 60) * rowHeight + 12, 'One order through the services', rows);
}

function svg(height: number, title: string, parts: readonly string[]): string {
  return `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`;
}

function axis(y: number, fromMs: number, toMs: number, from: number): string {
  const seconds = Math.round((toMs - fromMs) / 1000);
  return `<path class="grid" d="M${from} ${y}H${width - 12}"/><text x="${from}" y="${y + 16}">0 s</text><text x="${width - 12}" y="${y + 16}" text-anchor="end">${seconds} s</text>`;
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - from) / Math.max(1e-9, to - from)) * (end - start);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function shorten(name: string): string {
  return name.length > 27 ? `${name.slice(0, 26)}…` : name;
}
