/**
 * Makes a program of an example in the documentation: it declares what the example leaves to its reader (a client, a
 * conversation, an error, functions to show something with), and imports whatever the package exports, unless the
 * example does so itself.
 */
export function exampleProgram(code: string, exported: readonly string[], specifier: string): string {
  const importLine = /^import .*;$/gm;
  const ownImports = [...code.matchAll(importLine)].map(([line]) => line);
  const declaration = /^(?:const|type|function) (\w+)/gm;
  const ownNames = [...code.matchAll(declaration)].map(([, name]) => name);
  const isLeftOut = (name: string): boolean => {
    const word = new RegExp(`\\b${name}\\b`);
    return word.test(code) && !ownNames.includes(name) && !ownImports.some((line) => word.test(line));
  };
  return [
    `import { ${exported.filter(isLeftOut).join(', ')} } from '${specifier}';`,
    ...ownImports,
    'async function example(this: unknown) {',
    code.replaceAll(importLine, ''),
    '}',
    'void example;',
  ].join('\n');
}

/** Global declarations and files that the examples' readers have. */
export const readersFiles = {
  'workflows/travel-request.ts': `
import type { WorkflowShape } from '@turnkeeper/client';
declare const travelRequest: WorkflowShape<'travel-request', { trip: { nights: number } }>;
export default travelRequest;
`,
  'world.d.ts': `
declare const url: string;
declare const id: string;
declare const cardId: string;
declare const data: Record<string, import('@turnkeeper/client').Json>;
declare const olderBefore: string;
declare const nextCursor: string;
declare const client: import('@turnkeeper/client').TurnkeeperClient;
declare const conversation: import('@turnkeeper/client').Conversation;
declare const result: import('@turnkeeper/client').TurnResult;
declare const error: import('@turnkeeper/client').TurnkeeperClientError;
declare const scopes: string[];
declare const msal: {
  acquireTokenSilent(request: { scopes: string[]; forceRefresh: boolean }): Promise<{ accessToken: string }>;
};
declare const signIn: {
  token(): string;
  renew(): Promise<string>;
  accessToken(request: { forceRefresh: boolean }): Promise<string>;
};
declare function show(...shown: unknown[]): void;
declare function startAnew(): void;
declare function Chat(): null;
declare function offerToTryAgain(turnId: string | undefined): void;
`,
};

/** Global declarations of the page in docs/watching.md that shows a conversation. */
export const watchingPage = `
type Shown = import('@turnkeeper/client').WatchEvent;

declare const signal: AbortSignal;
declare function show(messages: readonly import('@turnkeeper/client').Message[]): void;
declare function showProgress(progress: { readonly percentComplete: number }): void;
declare function showSummary(event: Extract<Shown, { type: 'conversation.ended' }>): void;
declare function startBubble(turnId: string): void;
declare function growBubble(event: Extract<Shown, { type: 'message.delta' }>): void;
declare function removeBubble(turnId: string, reason?: import('@turnkeeper/client').FailureReason): void;
`;
