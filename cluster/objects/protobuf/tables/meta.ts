/** What all kinds share. */
export const meta: Record<string, string> = {
  ObjectMeta: `1 name string, 2 generateName string, 3 namespace string, 5 uid string, 6 resourceVersion string,
    7 generation int, 8 creationTimestamp Time, 9 deletionTimestamp Time, 10 deletionGracePeriodSeconds int*,
    11 labels {}string, 12 annotations {}string, 13 ownerReferences []OwnerReference, 14 finalizers []string`,
  OwnerReference: `1 kind string, 3 name string, 4 uid string, 5 apiVersion string, 6 controller bool*, 7 blockOwnerDeletion bool*`,
  LabelSelector: `1 matchLabels {}string, 2 matchExpressions []LabelSelectorRequirement`,
  LabelSelectorRequirement: `1 key string, 2 operator string, 3 values []string`,
  FieldSelectorRequirement: `1 key string, 2 operator string, 3 values []string`,
  Time: `1 seconds int, 2 nanos int`,
  MicroTime: `1 seconds int, 2 nanos int`,
  IntOrString: `1 type int, 2 intVal int, 3 strVal string`,
  Quantity: `1 string string`,
  DeleteOptions: `1 gracePeriodSeconds int*, 2 preconditions Preconditions*, 3 orphanDependents bool*, 4 propagationPolicy string*, 5 dryRun []string`,
  Preconditions: `1 uid string*, 2 resourceVersion string*`,
};
