import { describe, expect, it } from 'vitest';
import { Cancellation } from '../../../server/orchestrator/cancellation.ts';
import { cancelledBy } from './fake-ports.ts';

const first = new Error('first');
const second = new Error('second');

describe('a cancellation', () => {
  it('has no reason, and an open signal, until it happens', () => {
    const cancellation = new Cancellation();
    expect(cancellation.reason).toBeNull();
    expect(cancellation.signal.aborted).toBe(false);
  });

  it('keeps its first reason', () => {
    const cancellation = cancelledBy(first);
    cancellation.cancel(second);
    expect(cancellation.reason).toBe(first);
  });

  it('aborts a signal that was asked for before it', () => {
    const cancellation = new Cancellation();
    const { signal } = cancellation;
    cancellation.cancel(first);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(first);
  });

  it('has an aborted signal for whoever asks after it, always the same one', () => {
    const cancellation = cancelledBy(first);
    const { signal } = cancellation;
    expect(signal.reason).toBe(first);
    expect(cancellation.signal).toBe(signal);
  });

  it('tells each listener once, and one that comes late at once', () => {
    const cancellation = new Cancellation();
    const told: string[] = [];
    cancellation.onCancelled(({ message }) => told.push(`early: ${message}`));
    cancellation.cancel(first);
    cancellation.cancel(second);
    cancellation.onCancelled(({ message }) => told.push(`late: ${message}`));
    expect(told).toEqual(['early: first', 'late: first']);
  });

  it('does not tell a listener that has been taken back', () => {
    const cancellation = new Cancellation();
    const told: Error[] = [];
    const stop = cancellation.onCancelled((reason) => told.push(reason));
    stop();
    cancellation.cancel(first);
    stop();
    expect(told).toEqual([]);
  });
});

describe('work unless cancelled', () => {
  it('has its own result, or its own error', async () => {
    const cancellation = new Cancellation();
    await expect(cancellation.unlessCancelled(() => Promise.resolve('done'))).resolves.toBe('done');
    await expect(cancellation.unlessCancelled(() => Promise.reject(second))).rejects.toBe(second);
    const throws = (): Promise<never> => {
      throw second;
    };
    await expect(cancellation.unlessCancelled(throws)).rejects.toBe(second);
  });

  it('is not waited for once it is cancelled, and its own end changes nothing', async () => {
    const cancellation = new Cancellation();
    let fail: (error: Error) => void = () => undefined;
    const working = cancellation.unlessCancelled(() => new Promise((_resolve, reject) => (fail = reject)));
    cancellation.cancel(first);
    await expect(working).rejects.toBe(first);
    fail(second);
    await expect(working).rejects.toBe(first);
  });

  it('does not begin when it is cancelled already', async () => {
    let hasBegun = false;
    const work = (): Promise<void> => {
      hasBegun = true;
      return Promise.resolve();
    };
    await expect(cancelledBy(first).unlessCancelled(work)).rejects.toBe(first);
    expect(hasBegun).toBe(false);
  });
});
