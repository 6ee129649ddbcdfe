import type { DefinitionNews } from '../../../contract/definition-news.ts';
import type { Workflows } from '../../domain/workflow.ts';

/** The workflows that a server runs. */
export interface CurrentWorkflows {
  /** A use case reads it once, so that it ends on the definitions that it began with. */
  readonly current: Workflows;
}

/** Workflows that other ones replace while the server runs: on a server for development only. */
export interface ReloadedWorkflows extends CurrentWorkflows {
  /** The state of the files that they are from. */
  readonly news: DefinitionNews;
  /** Calls the listener with every news from now on; returns the function that stops it. */
  readonly onNews: (listener: (news: DefinitionNews) => void) => () => void;
}
