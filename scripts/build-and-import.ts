/**
 * Builds container images and brings them into a cluster's nodes or into a registry.
 * node scripts/build-and-import.ts --to k3d:NAME|kind:NAME|minikube:PROFILE|REGISTRY/PATH
 *   [--plan FILE]  what to build: [{"service", "entry", "version", "commit", "refs"}]; default: all that CloudMart has
 *   [--prefix P]   put before each name of the default plan    [--forget REF…]  names to remove there
 *   [--node-image IMAGE]  the base, for example node@sha256:…
 *   [--platform P]  such as linux/arm64; several, as in linux/amd64,linux/arm64, only into a registry and with buildx
 * `notification-service:v2.0` is never built: that is part of the incident.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildAll, buildForSeveral } from './parts/build-images.ts';
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
      platform: { type: 'string' },
    },
  });
  if (!values.to)
    throw new Problem('Say where the images go: --to k3d:NAME, kind:NAME, minikube:PROFILE or a registry');
  const delivery = deliveryTo(values.to);
  const platforms = values.platform?.split(',') ?? [];
  const isForSeveral = platforms.length > 1;
  if (isForSeveral && !delivery.holdsPlatforms) {
    throw new Problem(`The nodes of ${values.to} hold one platform: give --platform one, or a registry as --to`);
  }
  await requireTools([...delivery.tools, ...(isForSeveral ? (['buildx'] as const) : [])]);
  if (values.forget.length > 0) await delivery.forget(values.forget, signal);
  const plan = values.plan
    ? planSchema.parse(JSON.parse(await readFile(values.plan, 'utf8')))
    : await defaultPlan(values.prefix);
  const refs = plan.flatMap((image) => image.refs);
  const recipe = { target: values.to, nodeImage: values['node-image'], platforms, signal };
  if (isForSeveral) {
    await buildForSeveral(plan, recipe);
  } else {
    await buildAll(plan, recipe);
    if (refs.length > 0) await delivery.deliver(refs, signal);
  }
  say(`${refs.length} images are in ${values.to}`);
});
