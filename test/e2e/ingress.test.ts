import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const ingressClass = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: front
  annotations: {ingressclass.kubernetes.io/is-default-class: "true"}
spec: {controller: example.com/front}
`;

describe('an Ingress under kubectl', () => {
  const { lab, k } = useTestCluster();

  beforeAll(async () => {
    await k('create', 'deployment', 'web', '--image=web:1', '--port=3000');
    await k('expose', 'deployment', 'web', '--port=80', '--target-port=3000');
    await k('wait', '--for=condition=Available', 'deployment/web', '--timeout=60s');
    await k('create', 'ingress', 'shop', '--rule=shop.test/*=web:80', '--rule=shop.test/cart=lost:80');
  });

  it('is listed with its hosts and has no address', async () => {
    expect(await k('get', 'ingress')).toMatch(
      /^NAME +CLASS +HOSTS +ADDRESS +PORTS +AGE\nshop +<none> +shop\.test +80 +\d+s\n$/,
    );
  });

  it('is described with the pods behind it, and says which Service there is not', async () => {
    const text = await k('describe', 'ingress', 'shop');
    expect(text).toMatch(/\/ +web:80 \(10\.\d+\.\d+\.\d+:3000\)/);
    expect(text).toMatch(/\/cart +lost:80 \(<error: services "lost" not found>\)/);
  });

  it('gets the default class, once there is one', async () => {
    await writeFile(join(lab.dir, 'class.yaml'), ingressClass);
    await k('apply', '-f', join(lab.dir, 'class.yaml'));
    expect(await k('get', 'ingressclass')).toMatch(/front +example\.com\/front +<none> +\d+s\n$/);
    await k('create', 'ingress', 'annex', '--default-backend=web:80');
    expect(await k('get', 'ing', 'annex')).toMatch(/annex +front +\* +80 /);
  });

  it('is explained', async () => {
    expect(await k('explain', 'ingress.spec.rules.http.paths.pathType')).toContain('ImplementationSpecific');
  });
});
