/** The public entry: `import { createTurnkeeper, defineWorkflow, z } from 'turnkeeper'`. */
export { createTurnkeeper } from './create-turnkeeper.ts';
export type { ListenOptions, Turnkeeper, WorkflowRouter } from './create-turnkeeper.ts';
export type {
  AgentOptions,
  ContextWithHeaders,
  IssuerOptions,
  SettingOptions,
  TurnkeeperOptions,
} from './options.ts';
export { OptionsError } from './options-error.ts';
export type { OptionFault } from './options-error.ts';
export type { Authenticate, Caller } from './caller.ts';
export type { WorkflowCaller } from './workflow-caller.ts';
export { errorFormatter } from './error-formatter.ts';
export { isTurnkeeperError } from '../domain/errors.ts';
export type { TurnkeeperError } from '../domain/errors.ts';
export type { FailureReason } from '../../contract/errors.ts';
export type { EventLogger } from '../observability/pino-observer.ts';
export type { Observer, TurnkeeperEvent } from '../orchestrator/ports/observer.ts';
export { defineWorkflow, z } from '../../workflows/definition/index.ts';
export type { WorkflowDefinition } from '../../workflows/definition/index.ts';
