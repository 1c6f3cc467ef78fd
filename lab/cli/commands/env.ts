import { delimiter, dirname } from 'node:path';
import { findKubectl } from '../../kubectl/find-kubectl.ts';
import { requireLab } from '../../session/session-record.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

const quoteSh = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const quoteFish = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
const quotePowershell = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How each shell sets a variable and puts a folder before its path. */
const shells = {
  sh: {
    set: (name: string, value: string) => `export ${name}=${quoteSh(value)}`,
    path: (dir: string) => `export PATH=${quoteSh(dir)}:"$PATH"`,
  },
  fish: {
    set: (name: string, value: string) => `set -gx ${name} ${quoteFish(value)};`,
    path: (dir: string) => `set -gx PATH ${quoteFish(dir)} $PATH;`,
  },
  powershell: {
    set: (name: string, value: string) => `$env:${name} = ${quotePowershell(value)}`,
    path: (dir: string) => `$env:PATH = ${quotePowershell(dir + delimiter)} + $env:PATH`,
  },
};
export type Shell = keyof typeof shells;

export async function env(invocation: Invocation, { shell }: { shell?: Shell }): Promise<void> {
  const lab = labHere(invocation);
  const { engine } = await requireLab(lab.folder, lab.engine);
  const kubectl = await findKubectl(lab.folder);
  const kubectlDir = kubectl?.from === 'bundled' ? dirname(kubectl.path) : undefined;
  if (invocation.json) {
    printJson({ KUBECONFIG: engine.kubeconfigPath, kubectl: kubectl?.path ?? null });
    return;
  }
  print(environmentText(shell ?? guessShell(), engine.kubeconfigPath, kubectlDir));
}

/** @param kubectlDir put before the path when kubectl is not on it */
export function environmentText(shell: Shell, kubeconfig: string, kubectlDir?: string): string {
  const { set, path } = shells[shell];
  return [set('KUBECONFIG', kubeconfig), ...(kubectlDir ? [path(kubectlDir)] : [])].join('\n');
}

function guessShell(): Shell {
  if (/\bfish$/.test(process.env['SHELL'] ?? '')) return 'fish';
  return process.platform === 'win32' && !process.env['SHELL'] ? 'powershell' : 'sh';
}
