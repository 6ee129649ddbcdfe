import type { Message } from '../../../../contract/message.ts';
import type { TurnRecord } from '../../../../server/domain/result.ts';

/** A committed turn of which only the messages matter. */
export function sampleRecord(number: number, messages: readonly Message[]): TurnRecord {
  const progress = {
    currentStep: 'who',
    stepNumber: 1,
    totalSteps: 2,
    completedSteps: 0,
    percentComplete: 0,
    fieldsCollected: 0,
    fieldsRequired: 0,
    steps: [],
  };
  return {
    turnId: `turn-${number}`,
    workflowId: 'visit',
    messages,
    extractedPayload: null,
    workflowState: {
      status: 'active',
      currentStep: 'who',
      collected: {},
      sources: {},
      turnCount: number,
      definitionVersion: 1,
      openedAt: 0,
      updatedAt: 0,
      expiresAt: 0,
      suggestedInput: { type: 'text' },
      open: [],
    },
    progress,
    turn: {
      number,
      stateChanged: false,
      collected: {},
      rejected: [],
      ignored: [],
      step: { from: 'who', to: 'who' },
      action: null,
      parse: 'passthrough',
      parseIssues: [],
      citations: [],
    },
  };
}
