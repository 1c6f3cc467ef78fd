import type { ClassTable, Person } from '../class-table.ts';
import { escapeMarkup as x } from './markup.ts';
import { page, scrollable } from './page.ts';

const marks = { pass: '✓ repaired', fail: '✗ open', undetermined: '? not judged' } as const;

/** A class as one page: the table, what to look at, and what each person found, in their words. */
export function classHtml({ head, rows, remarks, people }: ClassTable): string {
  const cells = rows.map((row) => `<tr>${row.map((text, index) => cellOf(text, head[index] ?? '')).join('')}</tr>`);
  const table = `<table><thead><tr>${head.map((text) => `<th scope="col">${x(text)}</th>`).join('')}</tr></thead>
<tbody>${cells.join('\n')}</tbody></table>`;
  const toLookAt =
    remarks.length > 0 ? `<h2>To look at</h2><ul>${remarks.map((text) => `<li>${x(text)}</li>`).join('')}</ul>` : '';
  const title = `A class of ${rows.length}`;
  const body = `<h1>${title}</h1>
<p class="soft">Score, points per issue by its number, and times since the hand-over. Diagnosis is judged here, against the catalogue.</p>
<div class="card">${scrollable('Scores', table)}</div>
${toLookAt}
<h2>What each found</h2>
${people.map(personOf).join('\n')}`;
  return page(title, body, { wide: true });
}

function cellOf(text: string, column: string): string {
  if (column === 'person') return `<th scope="row">${x(text)}</th>`;
  const [points, most] = text.split('/');
  const isIssue = /^\d+$/.test(column) && most !== undefined;
  const kind = isIssue
    ? points === most
      ? 'full'
      : points === '0'
        ? 'none'
        : ''
    : column === 'sound' && text === 'no'
      ? 'odd'
      : '';
  return `<td${kind ? ` class="${kind}"` : ''}>${x(text)}</td>`;
}

function personOf({ person, issues, findings }: Person): string {
  const rows = issues.map(
    ({ number, title, verdict, component, kind, late }) =>
      `<tr><td>${number}</td><td>${x(title)}</td><td>${marks[verdict]}</td><td>${late ? 'after it was shown' : kind ? 'component and kind' : component ? 'component' : ''}</td></tr>`,
  );
  const notes = findings.map((finding) => {
    const entries = Object.entries(finding).filter(([, text]) => text !== '');
    return `<div class="check"><dl>${entries.map(([field, text]) => `<dt>${x(field)}</dt><dd>${x(text)}</dd>`).join('')}</dl></div>`;
  });
  const table = `<table><thead><tr><th scope="col">#</th><th scope="col">issue</th><th scope="col">state</th><th scope="col">found</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  return `<details><summary><span class="title">${x(person)}</span><span class="points">${count}</span></summary><div class="inside">${scrollable(person, table)}${notes.join('')}</div></details>`;
}
