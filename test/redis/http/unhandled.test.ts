import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { TurnkeeperError } from '../../../server/domain/errors.ts';
import type { TurnkeeperEvent } from '../../../server/orchestrator/ports/observer.ts';
import { randomIds } from '../../../server/random-ids.ts';
import { formatError } from '../../../server/router/error-shape.ts';
import { toTrpcError } from '../../../server/router/failure.ts';
import { reportUnhandled } from '../../../server/router/report-failure.ts';

/** Handles an error outside every procedure as tRPC does, without a context, logging it before or after the answer. */
function unhandled(error: TRPCError, order: 'log first' | 'answer first') {
  const told: TurnkeeperEvent[] = [];
  const observer = { tell: (event: TurnkeeperEvent) => void told.push(event) };
  const log = () => reportUnhandled({ ids: randomIds, observer }, error);
  const answer = () =>
    formatError({ error, path: undefined, showsCauses: false, newErrorId: () => randomIds.errorId() });
  if (order === 'log first') log();
  const { data, message } = answer();
  if (order === 'answer first') log();
  return { told, data, message };
}

describe('an error outside of every procedure', () => {
  it.each(['log first', 'answer first'] as const)(
    'is in the log under the id of its answer (%s)',
    (order) => {
      const cause = new TypeError('a secret');
      const { told, data, message } = unhandled(
        new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }),
        order,
      );
      expect(told).toEqual([{ type: 'error.unexpected', errorId: data.errorId, error: cause }]);
      expect(message).toContain(data.errorId);
      expect(JSON.stringify(data)).not.toContain('secret');
    },
  );

  it.each([
    ["the caller's own fault", new TRPCError({ code: 'BAD_REQUEST', message: 'x' })],
    ['an error that a procedure reported', toTrpcError(new TurnkeeperError('OVERLOADED', 'Too busy.'))],
  ])('is not in the log where it is %s', (_case, error) => {
    expect(unhandled(error, 'log first').told).toEqual([]);
  });
});
