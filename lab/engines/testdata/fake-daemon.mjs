// Stands in for the engine's process: FAKE_ENGINE says how it behaves.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , workingDir] = process.argv;
const how = process.env.FAKE_ENGINE ?? '';
const dir = join(workingDir, '.brokenprod');
if (how === 'fails') {
  console.error('Error: no port could be had');
  process.exit(1);
}
if (how === 'hangs') process.on('SIGTERM', () => {});
const stat = readFileSync('/proc/self/stat', 'utf8');
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const started = `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
mkdirSync(dir, { recursive: true });
if (how !== 'never-ready') {
  const file = { pid: process.pid, started, version: 'fake', url: 'https://127.0.0.1:1', kubeconfig: join(dir, 'kubeconfig') };
  writeFileSync(join(dir, 'engine.json'), JSON.stringify({ ...file, startedAt: 'now', loadBalancers: [] }));
  process.send({ kind: 'ready' });
}
let owned = true;
process.on('message', () => (owned = false));
process.on('disconnect', () => owned && process.exit(3));
setInterval(() => {}, 1000);
