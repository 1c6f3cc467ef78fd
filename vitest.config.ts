import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{lib,cluster,services,scenarios,grader,lab}/**/*.test.ts',
            'test/*.test.ts',
            'test/{parity,error-table,fuzz}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**'],
          // A bound against what hangs; how fast something is, the benchmarks hold. A busy machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
