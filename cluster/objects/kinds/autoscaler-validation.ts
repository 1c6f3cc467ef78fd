import { parseQuantity } from '../quantity.ts';
import type { HorizontalPodAutoscaler } from '../types.ts';
import { invalidValue, oneOf, requiredValue } from './field-error.ts';
import type { FieldError } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
const LONGEST_WINDOW_SECONDS = 3600;
const LONGEST_PERIOD_SECONDS = 1800;

export function validateAutoscaler(object: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = object.spec ?? ({} as Spec);
  const most = maxReplicas ?? 0;
  const errors = validateMetadata(object);
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (most < 1) errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than 0'));
  if (minReplicas !== undefined && most < minReplicas) {
    errors.push(invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'));
  }
  if (!scaleTargetRef?.kind) errors.push(requiredValue('spec.scaleTargetRef.kind'));
  if (!scaleTargetRef?.name) errors.push(requiredValue('spec.scaleTargetRef.name'));
  metrics.forEach((metric, index) => errors.push(...validateMetric(`spec.metrics[${index}]`, metric)));
  for (const side of ['scaleUp', 'scaleDown'] as const) {
    const rules = behavior?.[side];
    if (rules) errors.push(...validateRules(`spec.behavior.${side}`, rules));
  }
  return errors;
}

function validateMetric(field: string, metric: Metric): FieldError[] {
  if (!metric.type) return [requiredValue(`${field}.type`, 'must specify a metric source type')];
  const errors = oneOf(`${field}.type`, metric.type, METRIC_TYPES);
  if (errors.length > 0) return errors;
  const source = `${metric.type[0]?.toLowerCase()}${metric.type.slice(1)}` as keyof Metric;
  if (!metric[source]) {
    return [requiredValue(`${field}.${source}`, 'must populate information for the given metric source')];
  }
  const resource = metric.type === 'Resource' ? metric.resource : metric.containerResource;
  return resource ? validateResourceTarget(`${field}.${source}`, resource) : [];
}

function validateResourceTarget(field: string, { name, target }: NonNullable<Metric['resource']>): FieldError[] {
  const errors = name ? [] : [requiredValue(`${field}.name`, 'must specify a resource name')];
  const { averageUtilization, averageValue } = target ?? {};
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalidValue(`${field}.target.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
  if (averageValue !== undefined && parseQuantity(averageValue) <= 0) {
    errors.push(invalidValue(`${field}.target.averageValue`, averageValue, 'must be positive'));
  }
  if (averageUtilization === undefined && averageValue === undefined) {
    const rule = 'must set either a target raw value or a target utilization';
    errors.push(requiredValue(`${field}.target.averageUtilization`, rule));
  }
  return errors;
}

function validateRules(field: string, { stabilizationWindowSeconds, selectPolicy, policies }: Rules): FieldError[] {
  const errors: FieldError[] = [];
  const windowSeconds = stabilizationWindowSeconds ?? 0;
  if (windowSeconds < 0 || windowSeconds > LONGEST_WINDOW_SECONDS) {
    const rule =
      windowSeconds < 0
        ? 'must be greater than or equal to zero'
        : `must be less than or equal to ${LONGEST_WINDOW_SECONDS}`;
    errors.push(invalidValue(`${field}.stabilizationWindowSeconds`, windowSeconds, rule));
  }
  if (selectPolicy !== undefined) errors.push(...oneOf(`${field}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (!policies?.length) errors.push(requiredValue(`${field}.policies`, 'must specify at least one Policy'));
  policies?.forEach(({ type, value, periodSeconds }, index) => {
    const at = `${field}.policies[${index}]`;
    errors.push(...oneOf(`${at}.type`, type, POLICY_TYPES));
    if (value <= 0) errors.push(invalidValue(`${at}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) {
      errors.push(invalidValue(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    }
    if (periodSeconds > LONGEST_PERIOD_SECONDS) {
      const rule = `must be less than or equal to ${LONGEST_PERIOD_SECONDS}`;
      errors.push(invalidValue(`${at}.periodSeconds`, periodSeconds, rule));
    }
  });
  return errors;
}
