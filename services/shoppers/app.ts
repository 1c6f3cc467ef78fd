import { Router } from 'express';
import type { ServiceContext } from '../shared/context.ts';
import { type App, createShell } from '../shared/shell.ts';
import { nextOrder, nextSignIn } from './basket.ts';
import type { Config } from './config.ts';
import { createRegulars } from './regulars.ts';
import { startTraffic } from './traffic.ts';

/**
 * CloudMart's customers: guests who order through the entrance, regulars who have signed in there, and the mobile
 * app's sign-ins straight at auth-service.
 */
export function createApp(service: ServiceContext, config: Config): App {
  const orders = startTraffic({
    url: config.ENTRANCE_URL,
    perSecond: config.ORDERS_PER_SECOND,
    maxInFlight: config.MAX_IN_FLIGHT,
    waveSeconds: config.WAVE_SECONDS,
    next: () => nextOrder(config.ODD_SHARE, Math.random),
  });
  const regulars = startTraffic({
    url: config.ENTRANCE_URL,
    perSecond: config.REGULARS_PER_SECOND,
    maxInFlight: config.MAX_IN_FLIGHT,
    waveSeconds: config.WAVE_SECONDS,
    next: createRegulars(Math.random),
  });
  const signIns = startTraffic({
    url: config.SIGN_IN_URL,
    perSecond: config.SIGN_INS_PER_SECOND,
    maxInFlight: config.MAX_IN_FLIGHT,
    waveSeconds: config.WAVE_SECONDS,
    next: () => nextSignIn(Math.random),
  });
  const report = setInterval(() => {
    const summaries = [orders, regulars, signIns].map((traffic) => traffic.takeSummary());
    service.logger.info({ orders: summaries[0], regulars: summaries[1], signIns: summaries[2] }, 'shoppers');
  }, config.REPORT_SECONDS * 1000);

  return {
    handler: createShell(service, { routes: Router() }),
    async close() {
      clearInterval(report);
      await Promise.all([orders.stop(), regulars.stop(), signIns.stop()]);
    },
  };
}
