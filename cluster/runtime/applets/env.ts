import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fail } from './fail.ts';

const internal = /^(KUBELET_\w+|NODE_OPTIONS|NODE_COMPILE_CACHE)$/;
const shownPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const program = path.basename(process.argv[1] ?? 'env');
const args = process.argv.slice(2);
const assignments = args.slice(0, args.findIndex((arg) => !arg.includes('=')) >>> 0);
const command = args.slice(assignments.length);
const given = assignments.map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] as const);

if (program === 'printenv' && command.length > 0) {
  const found = visible().filter(([name]) => command.includes(name));
  for (const [, value] of found) process.stdout.write(`${value}\n`);
  process.exitCode = found.length < command.length ? 1 : 0;
} else if (command.length > 0) {
  const [file = '', ...rest] = command;
  const { status, error } = spawnSync(file, rest, {
    stdio: 'inherit',
    env: { ...process.env, ...Object.fromEntries(given) },
  });
  if (error) fail(`env: can't execute '${file}': No such file or directory`, 127);
  process.exitCode = status ?? 137;
} else {
  for (const [name, value] of [...visible(), ...given]) process.stdout.write(`${name}=${value}\n`);
}

/** The variables as an image would have them; the real paths lead through this machine. */
function visible(): [string, string][] {
  const home = process.cwd();
  return Object.entries(process.env)
    .filter(([name, value]) => !internal.test(name) && !value?.startsWith(`${home}/`))
    .map(([name, value = '']) => [name, name === 'PATH' ? shownPath : value === home ? '/root' : value]);
}
