import type { z } from 'zod';
import type { CollectedFields } from './json.ts';

/** One stage of a workflow: a title and, usually, the fields it collects. */
export interface StepDefinition {
  /** Unique within the workflow; lower-case words joined by hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** The fields, by name. A step without it is complete when the agent says so. Values must be JSON: dates are ISO strings. */
  readonly collects?: z.ZodObject;
  /** Leaves the step out while it answers false. Must be a pure function of the collected fields. */
  readonly when?: (collected: CollectedFields) => boolean;
}

/** What the cards that an agent shows may do. */
export interface CardsDefinition {
  /** Names of the actions that may be submitted: an action's verb, else its id. Without it, all may. */
  readonly allowedActions?: readonly string[];
  /**
   * Hosts that a card may lead to: `example.com`, `example.com:8443`, or `*.example.com` for all below it. Without it,
   * none.
   */
  readonly allowedHosts?: readonly string[];
}

/** What `migrate` is given: the fields as an older (or newer) version of the definition collected them. */
export interface StoredFields {
  readonly version: number;
  readonly collected: CollectedFields;
}

/** An ordered list of steps that a conversation is walked through. */
export interface WorkflowDefinition {
  /** Unique on a server; lower-case words joined by hyphens. */
  readonly id: string;
  /** A positive integer. Raise it whenever stored conversations may no longer fit. */
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  /** Replaces the built-in preamble of the agent's query; `{{name}}` placeholders as in docs/workflows.md. */
  readonly preamble?: string;
  readonly steps: readonly StepDefinition[];
  readonly cards?: CardsDefinition;
  /** Turns the fields of another version into this one's. Without it they are carried over if they all still fit. */
  readonly migrate?: (stored: StoredFields) => CollectedFields;
}

/**
 * Declares a workflow, keeping its step ids and fields as literal types, so that they reach the client.
 * It checks nothing by itself: the server checks every definition when it starts, and lists all faults.
 */
export function defineWorkflow<const Definition extends WorkflowDefinition>(
  definition: Definition,
): Definition {
  return definition;
}
