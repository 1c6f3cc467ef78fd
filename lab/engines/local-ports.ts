/** Where the shop's entrance is offered on this machine: the first port that is free. */
export const localPorts: readonly number[] = [8080, 8081, 8082, 18080];
