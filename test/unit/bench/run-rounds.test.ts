import { describe, expect, it } from 'vitest';
import { runRounds } from '../../../bench/measure/run-rounds.ts';

describe('the rounds of the bench', () => {
  it('interleave the contenders in alternating order, and do not count the first round', async () => {
    const order: string[] = [];
    const contender = (name: string) => ({
      name,
      measure: () => {
        order.push(name);
        return Promise.resolve({ nth: order.filter((other) => other === name).length });
      },
    });
    const told: string[] = [];
    const rows = await runRounds([contender('a'), contender('b')], {
      rounds: 2,
      onRound: (round, name) => told.push(`${round} ${name}`),
    });
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(told).toEqual(['0 a', '0 b', '1 b', '1 a', '2 a', '2 b']);
    expect(rows).toEqual([
      { name: 'a', samples: [{ nth: 2 }, { nth: 3 }] },
      { name: 'b', samples: [{ nth: 2 }, { nth: 3 }] },
    ]);
  });
});
