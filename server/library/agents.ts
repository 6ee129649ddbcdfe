/** The public entry for agents of one's own: `import { AgentFailure } from 'turnkeeper/agents'`. */
export { AgentFailure } from '../answer/agent-failure.ts';
export type { AgentFailureOutcome } from '../answer/agent-failure.ts';
export type { TokenUsage } from '../../contract/results.ts';
export type { Activity } from '../answer/activity.ts';
export type { AgentInput, Briefing } from '../domain/briefing.ts';
export type { TranscriptTurn } from '../domain/result.ts';
export type { Agent, AgentCallOptions, AgentRequest, AnswerEnd } from '../orchestrator/ports/agent.ts';
