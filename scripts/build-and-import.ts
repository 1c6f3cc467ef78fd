/**
 * Builds container images and brings them into a cluster's nodes or into a registry.
 * node scripts/build-and-import.ts --to k3d:NAME|kind:NAME|minikube:PROFILE|REGISTRY/PATH
 *   [--plan FILE]  what to build: [{"service", "entry", "version", "commit", "refs"}]; default: all that CloudMart has
 *   [--prefix P]   put before each name of the default plan    [--forget REF…]  names to remove there
 *   [--node-image IMAGE]  the base, for example node@sha256:…
 * `notification-service:v2.0` is never built: that is part of the incident.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildAll } from './parts/build-images.ts';
import { deliveryTo } from './parts/deliver.ts';
import { defaultPlan, planSchema } from './parts/image-plan.ts';
import { Problem, runScript, say } from './parts/script.ts';
import { requireTools } from './parts/tools.ts';

await runScript(async (signal) => {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      plan: { type: 'string' },
      prefix: { type: 'string', default: '' },
      forget: { type: 'string', multiple: true, default: [] },
      'node-image': { type: 'string' },
    },
  });
  if (!values.to)
    throw new Problem('Say where the images go: --to k3d:NAME, kind:NAME, minikube:PROFILE or a registry');
  const delivery = deliveryTo(values.to);
  await requireTools(delivery.tools);
  if (values.forget.length > 0) await delivery.forget(values.forget, signal);
  const plan = values.plan
    ? planSchema.parse(JSON.parse(await readFile(values.plan, 'utf8')))
    : await defaultPlan(values.prefix);
  await buildAll(plan, { target: values.to, nodeImage: values['node-image'], signal });
  const refs = plan.flatMap((image) => image.refs);
  if (refs.length > 0) await delivery.deliver(refs, signal);
  say(`${refs.length} images are in ${values.to}`);
});
