import type { Manifest } from '../lib/kube/apply.ts';
import type { Step } from '../scenarios/fault.ts';
import { imageCatalogue } from './images/catalogue.ts';
import { labNamespace, shopNamespace } from './namespaces.ts';

/** Where a trainee's shop stands: manifests, scenarios and hints are written for `production` and moved here. */
export interface Seat {
  /** In place of `production`. */
  namespace: string;
  /** In place of `lab-system`. */
  labNamespace: string;
  /** Put before the name of every image, such as `registry.example/team/seat-1/`; empty where the cluster is the lab's own. */
  imagePrefix: string;
  /** Whether nodes must ask the registry each time, as a tag may have been built anew. */
  alwaysPull: boolean;
  /** Whether the cluster may be asked for a load balancer of its own. */
  loadBalancer: boolean;
}

/** The seat of a cluster that has no other. */
export const ownCluster: Seat = {
  namespace: shopNamespace,
  labNamespace,
  imagePrefix: '',
  alwaysPull: false,
  loadBalancer: true,
};

const services = imageCatalogue.map(({ service }) => service).join('|');
/** An image by name and tag. A URL's port has no dot, and a name after a slash is somewhere else's. */
const image = new RegExp(`(?<![\\w/.-])(?:${services}):(?:latest|v?\\d+\\.[\\w.-]+)`, 'g');
const namespaceIn = {
  url: /(\/\/[\w-]+\.)(production|lab-system)(?=[.:/\s'"]|$)/g,
  hostName: /\b([\w-]+\.)(production|lab-system)(?=\.svc\b)/g,
  words: /((?:^|\s)(?:-n|--namespace|namespace:?)(?:=|\s+)['"]?)(production|lab-system)\b/gm,
};

/** A text that names the shop's namespaces or images, as it reads on this seat. */
export function placeText(text: string, seat: Seat): string {
  const moved: Record<string, string> = { [shopNamespace]: seat.namespace, [labNamespace]: seat.labNamespace };
  const swap = (_: string, before: string, name: string): string => before + (moved[name] ?? name);
  return (moved[text] ?? text)
    .replaceAll(namespaceIn.url, swap)
    .replaceAll(namespaceIn.hostName, swap)
    .replaceAll(namespaceIn.words, swap)
    .replaceAll(image, (ref) => seat.imagePrefix + ref);
}

/** The objects as this seat gets them. Namespaces are not the seat's to make where it is one of several. */
export function placeManifests<T extends { objects: Manifest[] }>(files: readonly T[], seat: Seat): T[] {
  if (seat.namespace === shopNamespace && seat.imagePrefix === '') return [...files];
  return files.map((file) => ({
    ...file,
    objects: file.objects.filter(({ kind }) => kind !== 'Namespace').map((object) => placeObject(object, seat)),
  }));
}

function placeObject(object: Manifest, seat: Seat): Manifest {
  const placed = mapStrings(object, (text) => placeText(text, seat)) as Manifest & { spec?: Record<string, unknown> };
  if (placed.kind === 'Service' && placed.spec?.['type'] === 'LoadBalancer' && !seat.loadBalancer) {
    placed.spec['type'] = 'ClusterIP';
  }
  return seat.alwaysPull ? (withPullPolicy(placed) as Manifest) : placed;
}

function withPullPolicy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPullPolicy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [
    key,
    key === 'imagePullPolicy' ? 'Always' : withPullPolicy(child),
  ]);
  return Object.fromEntries(entries);
}

/** A step of a solution as it is done on this seat. */
export function placeStep(step: Step, seat: Seat): Step {
  return mapStrings(step, (text) => placeText(text, seat)) as Step;
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((child) => mapStrings(child, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mapStrings(child, change)]));
}
