import { describe, expect, it } from 'vitest';
import { ownCluster, placeManifests, placeStep, placeText, type Seat } from './seat.ts';

const seat: Seat = {
  namespace: 'seat-1',
  labNamespace: 'seat-1-lab',
  imagePrefix: 'registry.example/team/seat-1/',
  alwaysPull: true,
  loadBalancer: false,
};

describe('a seat', () => {
  it.each([
    ['production', 'seat-1'],
    ['http://telemetry.lab-system:4318', 'http://telemetry.seat-1-lab:4318'],
    ['http://gateway.production', 'http://gateway.seat-1'],
    ['gateway.production.svc.cluster.local', 'gateway.seat-1.svc.cluster.local'],
    ['kubectl get pods -n production --show-labels', 'kubectl get pods -n seat-1 --show-labels'],
    ['--namespace=production', '--namespace=seat-1'],
    ['gateway=gateway:1.0.0', 'gateway=registry.example/team/seat-1/gateway:1.0.0'],
    ['notification-service:v2.0', 'registry.example/team/seat-1/notification-service:v2.0'],
  ])('reads %s as %s', (text, placed) => {
    expect(placeText(text, seat)).toBe(placed);
  });

  it.each([
    'http://order-service:3002',
    'order-service:3002',
    'registry.example/other/gateway:1.0.0',
    'NODE_ENV=production',
    'what would have kept these issues out of production?',
    'http://database-service:8080/production',
  ])('leaves %s alone', (text) => {
    expect(placeText(text, seat)).toBe(text);
  });

  it('moves objects, pulls each time and asks for no load balancer', () => {
    const files = [
      {
        name: '02-gateway.yaml',
        objects: [
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } },
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'gateway', namespace: 'production' },
            spec: {
              template: { spec: { containers: [{ image: 'gateway:latest', imagePullPolicy: 'IfNotPresent' }] } },
            },
          },
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'gateway', namespace: 'production' },
            spec: { type: 'LoadBalancer' },
          },
        ],
      },
    ];
    expect(placeManifests(files, seat)).toMatchObject([
      {
        objects: [
          {
            metadata: { namespace: 'seat-1' },
            spec: {
              template: {
                spec: {
                  containers: [{ image: 'registry.example/team/seat-1/gateway:latest', imagePullPolicy: 'Always' }],
                },
              },
            },
          },
          { spec: { type: 'ClusterIP' } },
        ],
      },
    ]);
    expect(placeManifests(files, ownCluster)).toEqual(files);
  });

  it('moves the steps of a solution, texts with manifests in them included', () => {
    const step = { file: 'extra.yaml', content: 'metadata:\n  name: x\n  namespace: production\n' };
    expect(placeStep(step, seat)).toEqual({ ...step, content: 'metadata:\n  name: x\n  namespace: seat-1\n' });
    expect(placeStep({ kubectl: ['get', 'pods', '-n', 'production'] }, seat)).toEqual({
      kubectl: ['get', 'pods', '-n', 'seat-1'],
    });
  });
});
