import { canonicalQuantity } from '../quantity.ts';
import type { HorizontalPodAutoscaler } from '../types.ts';
import { fromV1, toV1 } from './autoscaler-versions.ts';
import { validateAutoscaler } from './autoscaler-validation.ts';
import { ageColumn, nameColumn } from './columns.ts';
import type { AnyKind, KindDefinition } from './kind.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;
type Current = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

const DEFAULT_CPU_PERCENT = 80;
const METRICS_SHOWN = 2;

export const horizontalPodAutoscaler: KindDefinition<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  defaults: defaultAutoscaler,
  validate: validateAutoscaler,
  columns: [
    nameColumn,
    { name: 'Reference', cell: ({ spec }) => `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}` },
    { name: 'Targets', cell: targetsText },
    { name: 'MinPods', cell: ({ spec }) => String(spec?.minReplicas ?? '<unset>') },
    { name: 'MaxPods', type: 'integer', cell: ({ spec }) => spec?.maxReplicas ?? 0 },
    { name: 'Replicas', type: 'integer', cell: ({ status }) => status?.currentReplicas ?? 0 },
    ageColumn,
  ],
};

/** The older version of the same objects; `kubectl autoscale` before 1.33 writes it. */
export const horizontalPodAutoscalerV1: AnyKind = {
  ...horizontalPodAutoscaler,
  version: 'v1',
  conversion: { toStored: fromV1, fromStored: toV1 },
};

function defaultAutoscaler(object: HorizontalPodAutoscaler): void {
  const spec = (object.spec ??= {} as Spec);
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: DEFAULT_CPU_PERCENT };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  for (const metric of spec.metrics) {
    const target = targetOf(metric);
    if (target?.value !== undefined) target.value = canonicalQuantity(target.value);
    if (target?.averageValue !== undefined) target.averageValue = canonicalQuantity(target.averageValue);
  }
  if (spec.behavior) {
    const eachQuarterMinute = (type: string, value: number) => ({ type, value, periodSeconds: 15 });
    spec.behavior.scaleUp = withRules(spec.behavior.scaleUp, {
      stabilizationWindowSeconds: 0,
      policies: [eachQuarterMinute('Pods', 4), eachQuarterMinute('Percent', 100)],
    });
    spec.behavior.scaleDown = withRules(spec.behavior.scaleDown, { policies: [eachQuarterMinute('Percent', 100)] });
  }
  object.status ??= { desiredReplicas: 0 };
}

function withRules(given: Rules | undefined, defaults: Rules): Rules {
  const rules = { ...defaults, selectPolicy: 'Max', ...given };
  return given?.policies?.length ? rules : { ...rules, policies: defaults.policies };
}

type Target = NonNullable<Metric['resource']>['target'];

function targetOf({ resource, containerResource, pods, object, external }: Metric): Target | undefined {
  return (resource ?? containerResource ?? pods ?? object ?? external)?.target;
}

/** `cpu: 12%/50%`; `<unknown>` as long as nothing was measured. */
function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.slice(0, METRICS_SHOWN).map((metric, index) => {
    const current = currentOf(status?.currentMetrics?.[index]);
    const target = targetOf(metric);
    const prefix = prefixOf(metric);
    if (target?.averageValue !== undefined) {
      const average = metric.type === 'Object' || metric.type === 'External' ? ' (avg)' : '';
      return `${prefix}${current?.averageValue ?? '<unknown>'}/${target.averageValue}${average}`;
    }
    if (target?.value !== undefined) return `${prefix}${current?.value ?? '<unknown>'}/${target.value}`;
    const percent = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`;
    return `${prefix}${percent}/${target?.averageUtilization ?? '<auto>'}%`;
  });
  const more = metrics.length - METRICS_SHOWN;
  return more > 0 ? `${texts.join(', ')} + ${more} more...` : texts.join(', ');
}

function currentOf(metric: Current | undefined) {
  const { resource, containerResource, pods, object, external } = metric ?? {};
  return (resource ?? containerResource ?? pods ?? object ?? external)?.current;
}

function prefixOf({ resource, containerResource }: Metric): string {
  const name = (resource ?? containerResource)?.name;
  return name ? `${name}: ` : '';
}
