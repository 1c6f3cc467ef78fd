import { describe, expect, it } from 'vitest';
import { normalise } from './normalise.ts';

const texts = (command: string, text: string) => normalise(command, text).map((line) => line.text);

describe('normalise', () => {
  it('gives the same id the same reference, and another id another', () => {
    const a = '27ba65a8-0722-496f-bf95-33afd460c252';
    const b = 'd7fe98a6-4298-48df-9e77-470e3b59b5ea';
    expect(texts('kubectl describe pod x', `uid ${a}\nuid ${b}\nuid ${a}`)).toEqual([
      'uid <uid:1>',
      'uid <uid:2>',
      'uid <uid:1>',
    ]);
  });

  it('replaces random ends of names, template hashes, addresses, container ids and times', () => {
    const line = 'pod order-service-f84b55856-lkr6b at 10.244.0.29 since 2026-11-21T01:51:30Z';
    expect(texts('kubectl describe pod x', line)).toEqual([
      'pod order-service-<template:1>-<name:1> at <ip:1> since <time>',
    ]);
    expect(texts('kubectl describe pod x', `Container ID:  containerd://${'a1'.repeat(32)}`)).toEqual([
      'Container ID:  <container:1>',
    ]);
  });

  it('leaves loopback addresses, words and ages alone', () => {
    const line = 'notification-service 127.0.0.1:5999 0.0.0.0 2m58s';
    expect(texts('kubectl describe pod x', line)).toEqual([line]);
  });

  it('puts rows of a list into an order that random names do not decide', () => {
    const rows = ['web-7d9f8bcd4-zzzzz   1/1     Running   0', 'api-7d9f8bcd4-bbbbb   0/1     Pending   0'];
    const header = 'NAME                  READY   STATUS    RESTARTS';
    const one = texts('kubectl get pods', [header, ...rows].join('\n'));
    expect(one).toEqual(texts('kubectl get pods', [header, ...rows.toReversed()].join('\n')));
    expect(one[1]).toBe('api-<template:1>-<name:1>   0/1     Pending   0');
  });

  it('sorts the items of a JSON list by what their names have in common', () => {
    const list = (...names: string[]) => JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) });
    const command = 'kubectl get pods -o json';
    expect(texts(command, list('b-7d9f8bcd4-ccccc', 'a-7d9f8bcd4-zzzzz'))).toEqual(
      texts(command, list('a-7d9f8bcd4-bbbbb', 'b-7d9f8bcd4-xxxxx')),
    );
  });

  it('counts the lines of a log instead of repeating them', () => {
    const log = ['starting', 'GET / 200 12ms', 'GET / 200 7ms'].join('\n');
    expect(texts('kubectl logs web -n production', log)).toEqual(['starting', 'GET / 200 <duration>  ×2']);
  });

  it('takes a list of endpoints as a set', () => {
    const one = texts('kubectl describe svc x', 'a 10.0.0.1 10.0.0.2\nEndpoints: 10.0.0.2:80,10.0.0.1:80');
    expect(one[1]).toBe('Endpoints: <ip:1>:80,<ip:2>:80');
  });
});
