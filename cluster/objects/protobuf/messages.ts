/**
 * Field numbers of the messages that kubectl 1.32 and later sends as protobuf: bodies of its generators
 * (`create deployment`, `create configmap`, `auth can-i` …). Facts of the published `generated.proto` files.
 *
 * Notation of a field: number, name, type. `*` behind a type marks a Go pointer (a zero is kept), `[]` a list,
 * `{}` a map from string, `<` a struct that JSON has inline in its parent.
 */
const tables: Record<string, string> = {
  ObjectMeta: `1 name string, 2 generateName string, 3 namespace string, 5 uid string, 6 resourceVersion string,
    7 generation int, 8 creationTimestamp Time, 9 deletionTimestamp Time, 10 deletionGracePeriodSeconds int*,
    11 labels {}string, 12 annotations {}string, 13 ownerReferences []OwnerReference, 14 finalizers []string`,
  OwnerReference: `1 kind string, 3 name string, 4 uid string, 5 apiVersion string, 6 controller bool*, 7 blockOwnerDeletion bool*`,
  LabelSelector: `1 matchLabels {}string, 2 matchExpressions []LabelSelectorRequirement`,
  LabelSelectorRequirement: `1 key string, 2 operator string, 3 values []string`,
  Time: `1 seconds int, 2 nanos int`,
  IntOrString: `1 type int, 2 intVal int, 3 strVal string`,
  Quantity: `1 string string`,
  DeleteOptions: `1 gracePeriodSeconds int*, 2 preconditions Preconditions, 3 orphanDependents bool*, 4 propagationPolicy string*, 5 dryRun []string`,
  Preconditions: `1 uid string*, 2 resourceVersion string*`,

  ConfigMap: `1 metadata ObjectMeta, 4 immutable bool*, 2 data {}string, 3 binaryData {}bytes`,
  Secret: `1 metadata ObjectMeta, 5 immutable bool*, 2 data {}bytes, 4 stringData {}string, 3 type string`,
  Namespace: `1 metadata ObjectMeta, 2 spec NamespaceSpec`,
  NamespaceSpec: `1 finalizers []string`,
  ServiceAccount: `1 metadata ObjectMeta, 4 automountServiceAccountToken bool*`,
  Service: `1 metadata ObjectMeta, 2 spec ServiceSpec`,
  ServiceSpec: `1 ports []ServicePort, 2 selector {}string, 3 clusterIP string, 18 clusterIPs []string, 4 type string,
    5 externalIPs []string, 7 sessionAffinity string, 8 loadBalancerIP string, 9 loadBalancerSourceRanges []string,
    10 externalName string, 11 externalTrafficPolicy string, 12 healthCheckNodePort int, 13 publishNotReadyAddresses bool,
    19 ipFamilies []string, 17 ipFamilyPolicy string*, 20 allocateLoadBalancerNodePorts bool*,
    21 loadBalancerClass string*, 22 internalTrafficPolicy string*, 23 trafficDistribution string*`,
  ServicePort: `1 name string, 2 protocol string, 6 appProtocol string*, 3 port int, 4 targetPort IntOrString, 5 nodePort int`,
  ResourceQuota: `1 metadata ObjectMeta, 2 spec ResourceQuotaSpec`,
  ResourceQuotaSpec: `1 hard {}Quantity, 2 scopes []string`,
  Pod: `1 metadata ObjectMeta, 2 spec PodSpec`,
  PodTemplateSpec: `1 metadata ObjectMeta, 2 spec PodSpec`,
  PodSpec: `20 initContainers []Container, 2 containers []Container, 3 restartPolicy string,
    4 terminationGracePeriodSeconds int*, 5 activeDeadlineSeconds int*, 6 dnsPolicy string, 7 nodeSelector {}string,
    8 serviceAccountName string, 9 serviceAccount string, 21 automountServiceAccountToken bool*, 10 nodeName string,
    15 imagePullSecrets []LocalObjectReference, 16 hostname string, 17 subdomain string, 19 schedulerName string,
    24 priorityClassName string`,
  LocalObjectReference: `1 name string`,
  Container: `1 name string, 2 image string, 3 command []string, 4 args []string, 5 workingDir string,
    6 ports []ContainerPort, 7 env []EnvVar, 8 resources ResourceRequirements, 13 terminationMessagePath string,
    20 terminationMessagePolicy string, 14 imagePullPolicy string, 16 stdin bool, 17 stdinOnce bool, 18 tty bool`,
  ContainerPort: `1 name string, 2 hostPort int, 3 containerPort int, 4 protocol string, 5 hostIP string`,
  EnvVar: `1 name string, 2 value string`,
  ResourceRequirements: `1 limits {}Quantity, 2 requests {}Quantity`,

  Deployment: `1 metadata ObjectMeta, 2 spec DeploymentSpec`,
  DeploymentSpec: `1 replicas int*, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy,
    5 minReadySeconds int, 6 revisionHistoryLimit int*, 7 paused bool, 9 progressDeadlineSeconds int*`,
  DeploymentStrategy: `1 type string, 2 rollingUpdate RollingUpdateDeployment`,
  RollingUpdateDeployment: `1 maxUnavailable IntOrString, 2 maxSurge IntOrString`,
  Job: `1 metadata ObjectMeta, 2 spec JobSpec`,
  JobSpec: `1 parallelism int*, 2 completions int*, 3 activeDeadlineSeconds int*, 7 backoffLimit int*,
    4 selector LabelSelector, 5 manualSelector bool*, 6 template PodTemplateSpec, 8 ttlSecondsAfterFinished int*,
    9 completionMode string*, 10 suspend bool*, 14 podReplacementPolicy string*`,
  CronJob: `1 metadata ObjectMeta, 2 spec CronJobSpec`,
  CronJobSpec: `1 schedule string, 8 timeZone string*, 2 startingDeadlineSeconds int*, 3 concurrencyPolicy string,
    4 suspend bool*, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit int*, 7 failedJobsHistoryLimit int*`,
  JobTemplateSpec: `1 metadata ObjectMeta, 2 spec JobSpec`,

  SelfSubjectAccessReview: `1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec`,
  SelfSubjectAccessReviewSpec: `1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes`,
  ResourceAttributes: `1 namespace string, 2 verb string, 3 group string, 4 version string, 5 resource string,
    6 subresource string, 7 name string`,
  NonResourceAttributes: `1 path string, 2 verb string`,
  SelfSubjectRulesReview: `1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec`,
  SelfSubjectRulesReviewSpec: `1 namespace string`,
  SelfSubjectReview: `1 metadata ObjectMeta`,
  TokenRequest: `1 metadata ObjectMeta, 2 spec TokenRequestSpec`,
  TokenRequestSpec: `1 audiences []string, 4 expirationSeconds int*`,
  Eviction: `1 metadata ObjectMeta, 2 deleteOptions DeleteOptions`,

  HorizontalPodAutoscaler: `1 metadata ObjectMeta, 2 spec HorizontalPodAutoscalerSpec`,
  HorizontalPodAutoscalerSpec: `1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas int*, 3 maxReplicas int, 4 metrics []MetricSpec`,
  'HorizontalPodAutoscaler@autoscaling/v1': `1 metadata ObjectMeta, 2 spec HorizontalPodAutoscalerSpecV1`,
  HorizontalPodAutoscalerSpecV1: `1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas int*, 3 maxReplicas int,
    4 targetCPUUtilizationPercentage int*`,
  CrossVersionObjectReference: `1 kind string, 2 name string, 3 apiVersion string`,
  MetricSpec: `1 type string, 4 resource ResourceMetricSource`,
  ResourceMetricSource: `1 name string, 2 target MetricTarget`,
  MetricTarget: `1 type string, 2 value Quantity, 3 averageValue Quantity, 4 averageUtilization int*`,
  Ingress: `1 metadata ObjectMeta, 2 spec IngressSpec`,
  IngressSpec: `4 ingressClassName string*, 1 defaultBackend IngressBackend, 2 tls []IngressTLS, 3 rules []IngressRule`,
  IngressTLS: `1 hosts []string, 2 secretName string`,
  IngressRule: `1 host string, 2 ingressRuleValue <IngressRuleValue`,
  IngressRuleValue: `1 http HTTPIngressRuleValue`,
  HTTPIngressRuleValue: `1 paths []HTTPIngressPath`,
  HTTPIngressPath: `1 path string, 3 pathType string*, 2 backend IngressBackend`,
  IngressBackend: `4 service IngressServiceBackend`,
  IngressServiceBackend: `1 name string, 2 port ServiceBackendPort`,
  ServiceBackendPort: `1 name string, 2 number int`,
  PodDisruptionBudget: `1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec`,
  PodDisruptionBudgetSpec: `1 minAvailable IntOrString, 2 selector LabelSelector, 3 maxUnavailable IntOrString, 4 unhealthyPodEvictionPolicy string*`,
  Role: `1 metadata ObjectMeta, 2 rules []PolicyRule`,
  ClusterRole: `1 metadata ObjectMeta, 2 rules []PolicyRule, 3 aggregationRule AggregationRule`,
  AggregationRule: `1 clusterRoleSelectors []LabelSelector`,
  RoleBinding: `1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef`,
  ClusterRoleBinding: `1 metadata ObjectMeta, 2 subjects []Subject, 3 roleRef RoleRef`,
  PolicyRule: `1 verbs []string, 2 apiGroups []string, 3 resources []string, 4 resourceNames []string, 5 nonResourceURLs []string`,
  RoleRef: `1 apiGroup string, 2 kind string, 3 name string`,
  Subject: `1 kind string, 2 apiGroup string, 3 name string, 4 namespace string`,
  PriorityClass: `1 metadata ObjectMeta, 2 value int, 3 globalDefault bool, 4 description string, 5 preemptionPolicy string*`,
};

export interface FieldSpec {
  name: string;
  type: string;
  form: 'one' | 'list' | 'map' | 'inline';
  pointer: boolean;
}

export type MessageSpec = ReadonlyMap<number, FieldSpec>;

const parsed = new Map<string, MessageSpec>();

/** What the table calls the message of a kind; a version that differs from the others has one of its own. */
export function messageNameOf(apiVersion: string, kind: string): string {
  const own = `${kind}@${apiVersion}`;
  return own in tables ? own : kind;
}

/** The fields of a message by number, or undefined for a message that is not in the table. */
export function findMessage(name: string): MessageSpec | undefined {
  const table = tables[name];
  if (table === undefined) return undefined;
  const known = parsed.get(name);
  if (known) return known;
  const message = new Map(table.split(',').map(parseField));
  parsed.set(name, message);
  return message;
}

const forms = { '[]': 'list', '{}': 'map', '<': 'inline' } as const;

function parseField(text: string): [number, FieldSpec] {
  const [, number, name = '', mark = '', type = '', pointer] =
    /^\s*(\d+) (\w+) (\[\]|\{\}|<)?(\w+)(\*)?\s*$/.exec(text) ?? [];
  const form = mark ? forms[mark as keyof typeof forms] : 'one';
  return [Number(number), { name, type, form, pointer: pointer === '*' }];
}
