import { defineConfig } from 'vitest/config';

/** `npm run test:docker`: apart from the rest, as it needs a Docker daemon and the base image. */
export default defineConfig({
  test: { include: ['test/docker/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
