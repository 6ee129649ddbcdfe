/** For tests: the API without HTTP, an agent that gives the test's answers, a clock that stands still, and the suites for agents. */
export { createTestCaller } from './create-test-caller.ts';
export type { ShownLive, TestCallerOptions } from './create-test-caller.ts';
export { describeAgentConformance } from './agent-conformance.ts';
export { describeAgentFaults } from './agent-faults.ts';
export type { AgentBackend, AgentFault, AgentUnderTest, TestRunner } from './agent-under-test.ts';
export { ManualClock } from './manual-clock.ts';
export { ScriptedAgent } from './scripted-agent.ts';
export type { ScriptedAnswer, ScriptedReply } from './scripted-agent.ts';
export { isTurnkeeperError } from '../domain/errors.ts';
export type { FailureReason } from '../../contract/errors.ts';
export type { TurnkeeperError } from '../domain/errors.ts';
export { AgentFailure } from '../answer/agent-failure.ts';
export type { Agent, AgentCallOptions, AgentRequest } from '../orchestrator/ports/agent.ts';
export type { TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
export type { LiveEvent } from '../../contract/watch-events.ts';
