import { describe, expect, it } from 'vitest';
import { environmentText } from './env.ts';

describe('env', () => {
  it('sets the kubeconfig in the words of each shell, whatever the path holds', () => {
    const path = "/home/o'neil/my lab/kubeconfig";
    expect(environmentText('sh', path)).toBe(String.raw`export KUBECONFIG='/home/o'\''neil/my lab/kubeconfig'`);
    expect(environmentText('fish', path)).toBe(String.raw`set -gx KUBECONFIG '/home/o\'neil/my lab/kubeconfig';`);
    expect(environmentText('powershell', path)).toBe("$env:KUBECONFIG = '/home/o''neil/my lab/kubeconfig'");
  });

  it("puts the packages' kubectl before the path when there is no other", () => {
    expect(environmentText('sh', '/k', '/cache/kubectl')).toBe(
      "export KUBECONFIG='/k'\nexport PATH='/cache/kubectl':\"$PATH\"",
    );
  });
});
