import './install-page.ts';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FailedTurn } from '../../../../apps/chat/src/transcript/failed-turn.tsx';
import { TurnkeeperClientError } from '../../../../client-sdk/src/index.ts';
import type { PendingTurn } from '../../../../client-sdk/src/react/index.ts';

afterEach(cleanup);

const refused: PendingTurn = {
  ...{ turnId: 't', input: { type: 'text', text: 'partnership' }, phase: 'failed', attempt: 1 },
  ...{ failedTry: null, isStillTrying: false, isOutcomeUnknown: false },
  ...{ isOvertaken: false, isAwaitingConnection: false },
  error: new TurnkeeperClientError('TURN_IN_PROGRESS', 'Busy.', { retryable: true }),
};

interface Situation {
  readonly pending?: PendingTurn;
  readonly isBusy?: boolean;
  readonly isWatched?: boolean;
}

function show(first: Situation = {}) {
  const [onRetry, onEdit] = [vi.fn(), vi.fn()];
  const drawn = ({ pending = refused, isBusy = true, isWatched = true }: Situation) => (
    <FailedTurn {...{ definition: null, pending, isBusy, isWatched, onRetry, onEdit }} />
  );
  const { rerender } = render(drawn(first));
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  return { onRetry, onEdit, press, becomes: (next: Situation) => rerender(drawn(next)) };
}

describe('an answer that is to wait for another turn', () => {
  it('is sent when that one has failed: the question is the same', () => {
    const { onRetry, press, becomes } = show();
    press('Wait and send');
    expect(screen.getByText('Waiting for the other message…')).toBeDefined();
    expect(onRetry).not.toHaveBeenCalled();
    becomes({ isBusy: false });
    expect(onRetry).toHaveBeenCalledExactlyOnceWith(null);
  });

  it('is not sent when that one was answered: the question may have changed', () => {
    const { onRetry, onEdit, press, becomes } = show();
    press('Wait and send');
    becomes({ isBusy: false, pending: { ...refused, isOvertaken: true } });
    expect(screen.getByRole('alert').textContent).toContain('the question may have changed');
    expect(screen.queryByRole('button', { name: 'Wait and send' })).toBeNull();
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'Edit',
      'Send anyway',
    ]);
    press('Send anyway');
    expect(onRetry).not.toHaveBeenCalled();
    press('Yes, send it');
    expect(onRetry).toHaveBeenCalledExactlyOnceWith(null);
    press('Edit');
    expect(onEdit).toHaveBeenCalledOnce();
  });

  it('waits on the server where the page would not see how the other one ends', () => {
    const { onRetry, press } = show({ isWatched: false });
    press('Wait and send');
    expect(onRetry).toHaveBeenCalledExactlyOnceWith('wait');
  });
});

describe('an answer that waits for the connection', () => {
  it('says so, and can be tried at once', () => {
    const error = new TurnkeeperClientError('UNREACHABLE', 'Away.', { retryable: true });
    const { onRetry, press } = show({
      isBusy: false,
      pending: { ...refused, error, isOutcomeUnknown: true, isAwaitingConnection: true },
    });
    expect(screen.getByRole('alert').textContent).toContain('sent by itself when the connection is back');
    press('Try now');
    expect(onRetry).toHaveBeenCalledExactlyOnceWith(null);
  });
});
