/** The shop: what production runs. */
export const shopServices = [
  'gateway',
  'api-service',
  'auth-service',
  'order-service',
  'database-service',
  'notification-service',
] as const;

/** What runs in the same pod as a service of the shop. */
const sidecars = ['traffic-recorder'] as const;

/** What the lab brings along to watch and to test the shop. */
export const labServices = ['telemetry', 'stand-in', 'shoppers'] as const;

/** The version that the sources are; `latest` names the same image. */
export const currentVersion = '1.0.0';

export interface ImageName {
  service: string;
  /** Every reference under which the image can be started, such as `gateway:1.0.0`. */
  refs: string[];
}

/** All images that exist on a healthy system. `notification-service:v2.0` is not among them: nobody ever built it. */
export const imageCatalogue: readonly ImageName[] = [
  ...shopServices.map((service) => ({ service, refs: [`${service}:latest`, `${service}:${currentVersion}`] })),
  ...[...sidecars, ...labServices].map((service) => ({ service, refs: [`${service}:latest`] })),
];
