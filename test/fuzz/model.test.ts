import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { ApiResponse, WatchFrame } from '../../cluster/apiserver/request-handler.ts';
import type { KubeObject } from '../../cluster/objects/types.ts';
import { afterCreate, afterDelete, afterStatus, afterUpdate, type Held, type Outcome, type Wanted } from './model.ts';
import type { Random } from './random.ts';
import { forSeeds, fuzzTimeoutMs } from './rounds.ts';
import { startFuzzedServer, type FuzzedServer } from './server.ts';

interface Subject {
  path: string;
  counts: boolean;
  body(wanted: Wanted): object;
  contentOf(object: KubeObject): number;
}

const container = { name: 'a', image: 'a:1' };
const subjects: readonly Subject[] = [
  {
    path: '/api/v1/namespaces/shop/configmaps',
    counts: false,
    body: ({ content }) => ({ data: { content: String(content) } }),
    contentOf: (object) => Number((object as { data?: { content?: string } }).data?.content),
  },
  {
    path: '/apis/apps/v1/namespaces/shop/deployments',
    counts: true,
    body: ({ content }) => ({
      spec: {
        replicas: content,
        selector: { matchLabels: { app: 'a' } },
        template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } },
      },
    }),
    contentOf: (object) => (object.spec as { replicas: number }).replicas,
  },
];

/** What somebody who lists and watches believes to be there. */
interface Watcher {
  view: Map<string, KubeObject>;
  selector: string;
  lastVersion: number;
  stop(): void;
}

describe('any order of operations', { timeout: fuzzTimeoutMs }, () => {
  it('leaves what the model says, and whoever watches sees what whoever lists', async () => {
    await forSeeds(12, async (random) => {
      await using api = await startFuzzedServer(random);
      for (const subject of subjects) {
        const run = new Run(api, random, subject);
        for (let step = 0; step < 120; step++) {
          await run.operate();
          if (random.chance(0.05)) await run.watch();
          if (random.chance(0.1)) await run.compare();
        }
        await run.compare();
        run.stop();
      }
    });
  });
});

/** One course of operations on a handful of names, beside its model. */
class Run {
  readonly #api: FuzzedServer;
  readonly #random: Random;
  readonly #subject: Subject;
  readonly #model = new Map<string, Held>();
  readonly #watchers: Watcher[] = [];
  #lastVersion = 0;

  constructor(api: FuzzedServer, random: Random, subject: Subject) {
    this.#api = api;
    this.#random = random;
    this.#subject = subject;
  }

  async operate(): Promise<void> {
    const random = this.#random;
    const name = random.pick(['a', 'b', 'c', 'd']);
    const held = this.#model.get(name);
    const wanted = this.#wanted(held);
    const path = `${this.#subject.path}/${name}`;
    const isDry = random.chance(0.15);
    const query = isDry ? 'dryRun=All' : '';
    const send = async (method: string, body: object, to = path, type = 'application/json') =>
      this.#api.ask({ method, path: to, query, type, body: JSON.stringify(body) });
    const object = (metadata: object) => ({
      metadata: { name, ...wanted, content: undefined, ...metadata },
      ...this.#subject.body(wanted),
    });
    const version = random.pick([undefined, held?.resourceVersion, held?.resourceVersion, '1']);
    const uid = random.pick([undefined, undefined, held?.uid, 'another']);
    const observed = random.int(3);
    const status = { ...object({}), status: { observedGeneration: observed } };
    const operations: (() => Promise<[Outcome, ApiResponse]>)[] = [
      async () => [afterCreate(held, wanted, this.#subject.counts), await send('POST', object({}), this.#subject.path)],
      async () => [afterUpdate(held, wanted, version), await send('PUT', object({ resourceVersion: version }))],
      async () => [
        afterUpdate(held, wanted, undefined),
        await send('PATCH', this.#mergePatch(held, wanted), path, 'application/merge-patch+json'),
      ],
      async () => [afterDelete(held, uid), await send('DELETE', uid ? { preconditions: { uid } } : {})],
      ...(this.#subject.counts
        ? [
            async () =>
              [afterStatus(held, observed), await send('PUT', status, `${path}/status`)] as [Outcome, ApiResponse],
          ]
        : []),
    ];
    const [outcome, response] = await random.pick(operations)();
    equal(response.code, outcome.code, `${path}: ${JSON.stringify(response)}`);
    if (isDry || outcome.code >= 400) return;
    await this.#accept(name, outcome);
  }

  /** Takes over from the server what the model leaves open, and holds the rest against it. */
  async #accept(name: string, { held, isChange }: Outcome): Promise<void> {
    const live = await this.#get(name);
    const before = this.#model.get(name);
    if (!held) {
      equal(live, undefined, `${name} is still there`);
      this.#model.delete(name);
      return;
    }
    ok(live, `${name} is gone`);
    const { uid = '', resourceVersion = '' } = live.metadata;
    if (before) equal(uid, before.uid);
    if (isChange)
      ok(Number(resourceVersion) > this.#lastVersion, `version ${resourceVersion} after ${this.#lastVersion}`);
    else equal(resourceVersion, before?.resourceVersion, `${name} has another version and no change`);
    this.#lastVersion = Math.max(this.#lastVersion, Number(resourceVersion));
    this.#model.set(name, { ...held, uid, resourceVersion });
  }

  /** The server's lists and every watcher's view are what the model holds. */
  async compare(): Promise<void> {
    const expected = [...this.#model].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const listed = await this.#list('');
    deepEqual(
      listed.map((object) => [object.metadata.name, this.#heldOf(object)]),
      expected,
    );
    for (const { view, selector } of this.#watchers) {
      const believed = [...view.values()].toSorted((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
      deepEqual(believed, await this.#list(selector), `a watch of ${selector || 'everything'}`);
    }
  }

  async watch(): Promise<void> {
    const selector = this.#random.pick(['', 'tier=front', 'tier!=front', '!tier']);
    const { resourceVersion, items } = await this.#listWithVersion(selector);
    const view = new Map(items.map((object) => [object.metadata.name!, object]));
    const query = new URLSearchParams({ watch: 'true', labelSelector: selector, resourceVersion }).toString();
    const response = await this.#api.ask({ method: 'GET', path: this.#subject.path, query });
    ok(response.type === 'watch');
    const watcher: Watcher = { view, selector, lastVersion: Number(resourceVersion), stop: () => {} };
    const started = response.start({ send: (frame) => this.#see(watcher, frame), end: () => {} });
    watcher.stop = () => started.stop();
    this.#watchers.push(watcher);
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.stop();
  }

  #see(watcher: Watcher, { type, object }: WatchFrame): void {
    const name = object.metadata.name!;
    const version = Number(object.metadata.resourceVersion);
    ok(version > watcher.lastVersion, `a watch went from version ${watcher.lastVersion} to ${version}`);
    equal(watcher.view.has(name), type !== 'ADDED', `${type} of ${name}`);
    watcher.lastVersion = version;
    if (type === 'DELETED') watcher.view.delete(name);
    else watcher.view.set(name, object);
  }

  #wanted(held: Held | undefined): Wanted {
    const random = this.#random;
    if (held && random.chance(0.2)) return { content: held.content, labels: held.labels, finalizers: held.finalizers };
    const labels: Record<string, string> = random.chance(0.6) ? { tier: random.pick(['front', 'back']) } : {};
    return { content: random.int(3), labels, finalizers: random.chance(0.3) ? ['example.com/wait'] : [] };
  }

  /** In a merge patch what is not named stays. */
  #mergePatch(held: Held | undefined, wanted: Wanted): object {
    const gone = Object.fromEntries(Object.keys(held?.labels ?? {}).map((label) => [label, null]));
    return {
      metadata: { labels: { ...gone, ...wanted.labels }, finalizers: wanted.finalizers },
      ...this.#subject.body(wanted),
    };
  }

  #heldOf(object: KubeObject): Held {
    const {
      uid = '',
      resourceVersion = '',
      generation,
      labels = {},
      finalizers = [],
      deletionTimestamp,
    } = object.metadata;
    const observed = (object.status as { observedGeneration?: number } | undefined)?.observedGeneration;
    const content = this.#subject.contentOf(object);
    return {
      uid,
      resourceVersion,
      observed,
      isGoing: deletionTimestamp !== undefined,
      content,
      labels,
      finalizers,
      generation,
    };
  }

  async #get(name: string): Promise<KubeObject | undefined> {
    const response = await this.#api.ask({ method: 'GET', path: `${this.#subject.path}/${name}` });
    return response.code === 200 && response.type === 'object' ? (response.object as KubeObject) : undefined;
  }

  async #list(selector: string): Promise<KubeObject[]> {
    return (await this.#listWithVersion(selector)).items;
  }

  async #listWithVersion(selector: string): Promise<{ resourceVersion: string; items: KubeObject[] }> {
    const query = new URLSearchParams({ labelSelector: selector }).toString();
    const response = await this.#api.ask({ method: 'GET', path: this.#subject.path, query });
    ok(response.type === 'object');
    const { metadata, items } = response.object as { metadata: { resourceVersion: string }; items: KubeObject[] };
    return { resourceVersion: metadata.resourceVersion, items };
  }
}
