import { describe, expect, it } from 'vitest';
import { chooseIncident, loadIncident } from './incident.ts';

describe('what is broken', () => {
  it('is a drill of the faults asked for, each once, and reading it again reads no others', async () => {
    const record = await chooseIncident({ faults: ['env-missing', 'db-credentials', 'env-missing'], seed: '7' });
    expect(record).toEqual({ scenario: 'drill', seed: '7', faults: ['env-missing', 'db-credentials'] });
    const { scenario, catalogue } = await loadIncident(record);
    expect(scenario.title).toBe('2 things at once');
    expect(new Set(catalogue.faults.keys())).toEqual(new Set(record.faults));
  });

  it('is never two faults that could not be told apart', async () => {
    await expect(chooseIncident({ faults: ['rollout-stuck', 'rollout-endless'] })).rejects.toThrow(
      'rollout-stuck and rollout-endless cannot be told apart in one shop',
    );
  });

  it('has the nearest of all faults and scenarios for one that was mistyped', async () => {
    await expect(chooseIncident({ faults: ['env-mising'] })).rejects.toThrow('Did you mean "env-missing"?');
    await expect(chooseIncident({ scenario: 'slow-munday' })).rejects.toThrow('Did you mean "slow-monday"?');
  });

  it('is drawn by a seed that is kept, given or not', async () => {
    const drawn = await chooseIncident({ random: 2, level: 'beginner' });
    expect(drawn.faults).toHaveLength(2);
    expect(await chooseIncident({ random: 2, level: 'beginner', seed: drawn.seed! })).toEqual(drawn);
  });
});
