/** Writes the JSON Schemas of faults and scenarios: `node scripts/schemas.ts`. */
import { writeFile } from 'node:fs/promises';
import { jsonSchemas } from '../scenarios/json-schemas.ts';

for (const [name, text] of Object.entries(jsonSchemas())) {
  await writeFile(new URL(`../scenarios/${name}`, import.meta.url), text);
}
