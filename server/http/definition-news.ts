import type { RequestHandler } from 'express';
import type { DefinitionNews } from '../../contract/definition-news.ts';
import type { ReloadedWorkflows } from '../orchestrator/ports/current-workflows.ts';

/** Below the page's own path. */
export const newsPath = 'dev/definitions';

/**
 * Streams the state of the definitions' files to the chat page, as server-sent events: once now, and after each reading.
 * Only a server for development has it.
 * @param closing aborts when the server stops, which an open stream would delay
 */
export function definitionNews(reloaded: ReloadedWorkflows, closing: AbortSignal): RequestHandler {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const tell = (told: DefinitionNews): void => void response.write(`data: ${JSON.stringify(told)}\n\n`);
    const end = (): void => void response.end();
    const stop = reloaded.onNews(tell);
    closing.addEventListener('abort', end);
    response.once('close', () => {
      stop();
      closing.removeEventListener('abort', end);
    });
    tell(reloaded.news);
  };
}
