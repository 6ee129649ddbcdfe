import type { Evidence } from '../evidence.ts';
import { mayBeInterrupted } from './interruption.ts';
import type { Violation } from './violation.ts';

/** Nobody commits while another holds a valid lease (I3). */
export function checkFenced({ conversations }: Evidence): Violation[] {
  return conversations.flatMap((conversation) =>
    conversation.commits.flatMap((commit): Violation[] => {
      const holder = conversation.agentCalls.find(
        (call) =>
          (call.turnId !== commit.turnId || call.instance !== commit.instance) &&
          call.underLease.some(({ from, to }) => from <= commit.from && to >= commit.to),
      );
      if (holder === undefined || mayBeInterrupted(conversation, holder, commit.to)) return [];
      return [
        {
          check: 'fenced',
          conversation: conversation.name,
          message: `${commit.turnId} was committed while ${holder.turnId} held a valid lease`,
          turnIds: [commit.turnId, holder.turnId],
          at: commit.to,
        },
      ];
    }),
  );
}
