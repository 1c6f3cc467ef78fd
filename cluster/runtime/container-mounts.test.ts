import { describe, expect, it } from 'vitest';
import { containerMounts, withHostPaths } from './container-mounts.ts';
import type { ContainerSpec } from './container-runtime.ts';

const mounts = [
  { mountPath: '/data', hostPath: '/lab/pods/u/volumes/data', readOnly: false },
  { mountPath: '/etc/app', hostPath: '/lab/pods/u/volumes/config', readOnly: true },
  { mountPath: '/tmp', hostPath: '/lab/pods/u/tmp', readOnly: false },
  { mountPath: '/tmp/lab', hostPath: '/tmp/lab', readOnly: false },
];

describe('a command line of a program of the host', () => {
  it.for([
    ['echo hello > /data/out.txt', 'echo hello > /lab/pods/u/volumes/data/out.txt'],
    ['touch /tmp/healthy; rm -f /tmp/healthy', 'touch /lab/pods/u/tmp/healthy; rm -f /lab/pods/u/tmp/healthy'],
    ['while true; do date >>/data/log; done', 'while true; do date >>/lab/pods/u/volumes/data/log; done'],
    ['grep -c x "/etc/app/app.yaml"', 'grep -c x "/lab/pods/u/volumes/config/app.yaml"'],
    ['ls /database /datasets /x/data', 'ls /database /datasets /x/data'],
    ['cat /tmp/lab/run', 'cat /tmp/lab/run'],
    ['echo x > /etc/app/app.yaml', 'echo x > /etc/app/app.yaml'],
  ])('%s', ([line, mapped]) => {
    expect(withHostPaths(['-c', line ?? ''], mounts)).toEqual(['-c', mapped]);
  });

  it('has whole arguments mapped', () => {
    expect(withHostPaths(['-f', '/data/log', '--out=/data'], mounts)).toEqual([
      '-f',
      '/lab/pods/u/volumes/data/log',
      '--out=/lab/pods/u/volumes/data',
    ]);
  });
});

it('gives a container a /tmp of its own without hiding what it is made of', () => {
  const spec = {
    workingDir: '/tmp/lab/pods/u/app',
    image: { entry: '/srv/app/main.js' },
    mounts: [],
  } as unknown as ContainerSpec;
  expect(containerMounts(spec, ['/tmp/checkout/applets/bin'])).toEqual([
    { mountPath: '/tmp', hostPath: '/tmp/lab/pods/u/app/tmp', readOnly: false },
    { mountPath: '/tmp/lab', hostPath: '/tmp/lab', readOnly: false },
    { mountPath: '/tmp/checkout', hostPath: '/tmp/checkout', readOnly: false },
  ]);
});
