import { meetsTarget, type Bench, type Figure } from './figure.ts';

const columns = ['figure', 'value', 'n', 'from – to', 'target', 'beside', 'how', 'peer (measured elsewhere)'];
const rightAligned = new Set(['value', 'n']);

/** The figures of one bench, as text for a terminal. */
export function table({ title, how }: Pick<Bench, 'title' | 'how'>, figures: readonly Figure[]): string {
  if (figures.length === 0) return `${title}: ${how}\n`;
  const rows = [columns, ...figures.map(row)];
  const used = columns.map((_, column) => rows.slice(1).some((cells) => cells[column] !== ''));
  const widths = columns.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        rightAligned.has(columns[column] ?? '') ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .filter((_, column) => used[column])
      .join('  ')
      .trimEnd(),
  );
  return [`${title}: ${how}`, ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function row(figure: Figure): string[] {
  const { name, value, unit, n, range, beside = '', how, peer = '' } = figure;
  const spread = range && n > 1 ? `${number(range[0])} – ${number(range[1])}` : '';
  return [name, `${number(value)} ${unit}`, String(n), spread, targetOf(figure), beside, how, peer];
}

function targetOf(figure: Figure): string {
  const { target, unit } = figure;
  if (!target) return '';
  const wanted = 'below' in target ? `< ${number(target.below)}` : `≥ ${number(target.atLeast)}`;
  return `${wanted} ${unit} ${meetsTarget(figure) ? 'met' : 'MISSED'}`;
}

/** Three digits are enough for anybody; thousands stay readable. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
