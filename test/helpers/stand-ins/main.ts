/** Plays docker, k3d, kind, minikube and kubectl: notes each call and answers as the real one would. */
import { spawnSync } from 'node:child_process';
import { docker } from './docker.ts';
import { k3d } from './k3d.ts';
import { kind } from './kind.ts';
import { minikube } from './minikube.ts';
import { behaviour, fail, note } from './state.ts';

const [, , tool = '', ...args] = process.argv;
const { missing = [], versions = {} } = behaviour();
if (missing.includes(tool)) fail(`sh: 1: ${tool}: not found`, 127);
note([tool, ...args]);
const version = versions[tool];
const asksVersion = args[0] === '--version' || (args[0] === 'version' && !args.includes('--format'));
if (asksVersion && version) process.stdout.write(`${tool} version ${version}\n`);
else if (tool === 'docker') await docker(args);
else if (tool === 'k3d') await k3d(args);
else if (tool === 'kind') await kind(args);
else if (tool === 'minikube') await minikube(args);
else kubectl();

/** The real one where a real cluster is played; else just enough. */
function kubectl(): void {
  const real = process.env['STAND_IN_KUBECTL'];
  if (real) process.exitCode = spawnSync(real, args, { stdio: 'inherit' }).status ?? 1;
  else process.stdout.write(args[0] === 'version' ? 'Client Version: v1.36.2\n' : 'ok\n');
}
