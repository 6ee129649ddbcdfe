import { conversationIdOf, identityOf, turnRequest } from '../world/workload.ts';
import { httpRequest } from './http-connection.ts';
import type { HttpConnection } from './http-connection.ts';

function headersOf(conversation: number, users: number): Record<string, string> {
  const { tenant, user } = identityOf(conversation, users);
  return { 'x-dev-tenant': tenant, 'x-dev-user': user };
}

export interface TurnCall {
  readonly url: string;
  readonly users: number;
  readonly conversation: number;
  readonly turn: number;
}

/**
 * `workflow.turn` over HTTP, as tRPC's clients send it.
 * @throws Error when the answer is any but 200
 */
export async function callTurn(
  connection: HttpConnection,
  { url, users, conversation, turn }: TurnCall,
): Promise<void> {
  const request = httpRequest(url, {
    method: 'POST',
    path: '/trpc/workflow.turn',
    headers: headersOf(conversation, users),
    body: JSON.stringify({ json: turnRequest(conversation, turn) }),
  });
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`A turn over HTTP was answered with ${status}: ${body.slice(0, 500)}`);
}

/** `workflow.watch`, as a browser's EventSource asks for it. */
export function watchRequest(url: string, users: number, conversation: number): string {
  const input = JSON.stringify({
    json: { conversationId: conversationIdOf(conversation), awaitOpening: true },
  });
  return httpRequest(url, {
    method: 'GET',
    path: `/trpc/workflow.watch?input=${encodeURIComponent(input)}`,
    headers: { ...headersOf(conversation, users), accept: 'text/event-stream' },
  });
}
