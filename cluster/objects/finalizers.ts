/** What keeps claims and volumes from vanishing under those that use them. */
export const PVC_PROTECTION = 'kubernetes.io/pvc-protection';
export const PV_PROTECTION = 'kubernetes.io/pv-protection';

/** On a Job's pod, until the Job has counted it. */
export const JOB_TRACKING = 'batch.kubernetes.io/job-tracking';
