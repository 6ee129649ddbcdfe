import { describe, expect, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import { ConditionFailed } from '../../../server/domain/conditions.ts';
import { describeError } from '../../../server/observability/describe-error.ts';

/** Returns what `fails` throws. */
function thrownBy(fails: () => unknown): unknown {
  try {
    fails();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

describe('an error in the log', () => {
  it('has its class and the frames that lead to it, and no words of its message', () => {
    const described = describeError(thrownBy(() => JSON.parse('secret words') as unknown));
    expect(described.type).toBe('SyntaxError');
    expect(described.stack).toMatch(/^\s+at .*describe-error\.test\.ts:\d+:\d+\)?$/m);
    expect(JSON.stringify(described)).not.toContain('secret');
  });

  it('has the code of a system error, and not one that is no fixed word', () => {
    expect(describeError(Object.assign(new Error('secret'), { code: 'ECONNRESET' }))).toMatchObject({
      type: 'Error',
      code: 'ECONNRESET',
    });
    expect(describeError(Object.assign(new Error(), { code: 'secret words' }))).not.toHaveProperty('code');
  });

  it('has the words of the product itself, and its causes without theirs', () => {
    const cause = new TypeError('secret');
    for (const error of [
      new ConditionFailed('the condition threw', { cause }),
      new TurnkeeperError('INTERNAL', 'the condition threw', { cause }),
    ]) {
      const described = describeError(error);
      expect(described).toMatchObject({ message: 'the condition threw', cause: { type: 'TypeError' } });
      expect(JSON.stringify(described)).not.toContain('secret');
    }
  });

  it('has no line of a message that looks like a frame', () => {
    const message = 'one\n    at secret (words.ts:1:2)\nthree';
    expect(JSON.stringify(describeError(new Error(message)))).not.toContain('secret');
    const outer = new ConditionFailed('the condition threw', { cause: new Error(message) });
    expect(JSON.stringify(describeError(outer))).not.toContain('secret');
  });

  it('has a class of its own name only where that is a word', () => {
    const error = new Error();
    error.name = 'secret words';
    expect(describeError(error).type).toBe('Error');
  });

  it('ends a chain of causes that never ends', () => {
    const error = new Error();
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"cause"/g)).toHaveLength(5);
  });

  it('can be any thrown value, of which only the type is told', () => {
    expect(describeError('secret')).toEqual({ type: 'a thrown string' });
    expect(describeError(null)).toEqual({ type: 'a thrown object' });
  });
});
