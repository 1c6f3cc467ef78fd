/**
 * HorizontalPodAutoscalers in `autoscaling/v1`, which knows CPU utilization only: all else travels in annotations.
 */
import type { HorizontalPodAutoscaler, KubeObject, ObjectMeta } from '../types.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Metric = NonNullable<Spec['metrics']>[number];

interface SpecV1 extends Pick<Spec, 'scaleTargetRef' | 'minReplicas' | 'maxReplicas'> {
  targetCPUUtilizationPercentage?: number;
}

interface StatusV1 extends Omit<Status, 'currentMetrics' | 'conditions'> {
  currentCPUUtilizationPercentage?: number;
}

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const PARTS = ['metrics', 'behavior', 'current-metrics', 'conditions'] as const;

export function fromV1(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: percent, ...spec } = (object.spec ?? {}) as SpecV1;
  const { currentCPUUtilizationPercentage: current, ...status } = (object.status ?? {}) as StatusV1;
  const parts = readParts(object.metadata);
  const target = { type: 'Utilization', averageUtilization: percent };
  const cpu = percent === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target } }];
  const measured = { name: 'cpu', current: { averageUtilization: current } };
  const metrics = [...cpu, ...((parts.metrics as Metric[] | undefined) ?? [])];
  const currentMetrics =
    parts['current-metrics'] ?? (current === undefined ? undefined : [{ type: 'Resource', resource: measured }]);
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: withParts(object.metadata, {}),
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(parts.behavior ? { behavior: parts.behavior } : {}),
    },
    ...(object.status === undefined
      ? {}
      : {
          status: {
            ...status,
            ...(currentMetrics ? { currentMetrics } : {}),
            ...(parts.conditions ? { conditions: parts.conditions } : {}),
          },
        }),
  };
}

export function toV1(object: KubeObject): KubeObject {
  const { spec, status } = object as HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...rest } = spec ?? ({} as Spec);
  const { currentMetrics, conditions, ...restStatus } = status ?? ({} as Status);
  const cpu = metrics.find(isCpuUtilization);
  const others = metrics.filter((metric) => metric !== cpu);
  const percent = cpu?.resource?.target.averageUtilization;
  const current = currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  const specV1: SpecV1 = { ...rest, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) };
  const currentPercent = current?.averageUtilization;
  const statusV1 = {
    ...restStatus,
    ...(currentPercent === undefined ? {} : { currentCPUUtilizationPercentage: currentPercent }),
  };
  const parts = {
    behavior,
    conditions,
    'current-metrics': currentMetrics,
    metrics: others.length > 0 ? others : undefined,
  };
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: withParts(object.metadata, parts),
    spec: specV1,
    status: statusV1,
  };
}

function isCpuUtilization({ resource }: Metric): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

/** An annotation that is no JSON counts as none. */
function readParts({ annotations = {} }: ObjectMeta): Partial<Record<(typeof PARTS)[number], unknown>> {
  return Object.fromEntries(
    PARTS.flatMap((part) => {
      const text = annotations[PREFIX + part];
      try {
        return text === undefined ? [] : [[part, JSON.parse(text)]];
      } catch {
        return [];
      }
    }),
  );
}

function withParts(metadata: ObjectMeta, parts: Partial<Record<(typeof PARTS)[number], unknown>>): ObjectMeta {
  const { annotations = {}, ...rest } = metadata;
  const kept = Object.entries(annotations).filter(([name]) => !name.startsWith(PREFIX));
  const added = PARTS.filter((part) => parts[part] !== undefined).map((part): [string, string] => [
    PREFIX + part,
    JSON.stringify(parts[part]),
  ]);
  const all = Object.fromEntries([...kept, ...added]);
  return Object.keys(all).length > 0 ? { ...rest, annotations: all } : rest;
}
