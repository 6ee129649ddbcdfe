import { z } from 'zod';

const turn = z.object({ json: z.object({ turnId: z.string() }) });

interface Page {
  readonly sentTo: (procedure: string) => readonly { readonly body: string }[];
}

/** Returns the ids of all sent turns, in order. */
export function turnIdsOf(page: Page): string[] {
  return page.sentTo('turn').map(({ body }) => turn.parse(JSON.parse(body)).json.turnId);
}
