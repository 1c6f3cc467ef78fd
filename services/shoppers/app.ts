import { Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { type App, createShell } from '../shared/shell.ts';
import { nextOrder, nextSignIn } from './basket.ts';
import type { Config } from './config.ts';
import { startTraffic } from './traffic.ts';

/** CloudMart's customers: orders through the entrance, and the mobile app's sign-ins straight at auth-service. */
export function createApp(service: ServiceContext, config: Config): App {
  const orders = startTraffic({
    url: config.ENTRANCE_URL,
    perSecond: config.ORDERS_PER_SECOND,
    maxInFlight: config.MAX_IN_FLIGHT,
    next: () => nextOrder(config.ODD_SHARE, Math.random),
  });
  const signIns = startTraffic({
    url: config.SIGN_IN_URL,
    perSecond: config.SIGN_INS_PER_SECOND,
    maxInFlight: config.MAX_IN_FLIGHT,
    next: () => nextSignIn(Math.random),
  });
  const report = setInterval(() => {
    service.logger.info({ orders: orders.takeSummary(), signIns: signIns.takeSummary() }, 'shoppers');
  }, config.REPORT_SECONDS * 1000);

  return {
    handler: createShell(service, { routes: Router() }),
    async close() {
      clearInterval(report);
      await Promise.all([orders.stop(), signIns.stop()]);
    },
  };
}
