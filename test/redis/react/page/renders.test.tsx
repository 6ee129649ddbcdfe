import './install-page.ts';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConversationScreen } from '../../../../apps/chat/src/conversation/conversation-screen.tsx';
import { ErrorBoundary, PageFailure, PartFailure } from '../../../../apps/chat/src/parts/error-boundary.tsx';
import { MissingPart } from '../../../../apps/chat/src/parts/missing-part.ts';
import type { ConversationView, ShownMessage } from '../../../../client-sdk/src/react/index.ts';

afterEach(cleanup);

/** A long conversation, which counts how often a message is rendered: only that reads its text. */
function longConversation(turns: number) {
  let renders = 0;
  const messages = Array.from({ length: turns }, (_, index): ShownMessage[] => {
    const turn = index + 1;
    const counted = (text: string) => ({
      get text() {
        renders += 1;
        return text;
      },
    });
    const base = { turn, kind: 'text', delivery: 'stored' } as const;
    return [
      Object.defineProperties(
        { ...base, id: `${turn}.0`, role: 'user' as const },
        Object.getOwnPropertyDescriptors(counted(`Words ${turn}`)),
      ),
      Object.defineProperties(
        { ...base, id: `${turn}.1`, role: 'assistant' as const, format: 'plain' as const },
        Object.getOwnPropertyDescriptors(counted(`Answer ${turn}`)),
      ),
    ];
  }).flat();
  const view: ConversationView = {
    ...{ conversationId: 'c', status: 'active', messages, hasOlder: false, isLoadingOlder: false },
    ...{ live: null, summary: null, pending: null, isSending: false, busy: null, error: null },
    ...{ connection: 'live', ending: { isPending: false, error: null } },
    ...{ workflowId: null, workflowState: null, progress: null, lastTurn: null, suggestedInput: null },
    ...{ loadOlder: vi.fn(), send: vi.fn(), submitCard: vi.fn(), retry: vi.fn(), discard: () => null },
    ...{ setFields: vi.fn(), undo: vi.fn(), stop: vi.fn(), end: vi.fn(), refetch: vi.fn() },
  };
  return { view, renders: () => renders };
}

const screenOf = (view: ConversationView) => (
  <ConversationScreen view={view} definition={null} onEnd={() => undefined} />
);

describe('a conversation of 100 turns', () => {
  it('renders no message again for a key, nor for the words of a running answer', () => {
    const { view, renders } = longConversation(100);
    const { rerender } = render(screenOf(view));
    const atFirst = renders();
    expect(atFirst).toBeGreaterThanOrEqual(200);
    const box = screen.getByRole('textbox', { name: 'Your answer' });
    for (const value of ['B', 'Be', 'Ber']) fireEvent.change(box, { target: { value } });
    expect(box).toHaveProperty('value', 'Ber');
    expect(renders()).toBe(atFirst);

    for (const text of ['Bergen', 'Bergen is', 'Bergen is fine'])
      rerender(
        screenOf({
          ...view,
          // The hook makes a new list of the same messages.
          messages: [...view.messages],
          live: {
            turnId: 't',
            typing: false,
            typingText: null,
            isOfFailedTry: false,
            texts: [{ streamId: 's', text }],
          },
        }),
      );
    expect(screen.getByText('Bergen is fine')).toBeDefined();
    expect(renders()).toBe(atFirst);
  });
});

describe('a part of the page that fails', () => {
  it('leaves the rest in place, and can be shown again', () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let isBroken = true;
    const Part = () => {
      if (isBroken) throw new Error('a fault');
      return <p>All is well</p>;
    };
    render(
      <>
        <p>The rest</p>
        <ErrorBoundary
          fallback={(error, onRetry) => <PartFailure what="It" error={error} onRetry={onRetry} />}
        >
          <Part />
        </ErrorBoundary>
      </>,
    );
    expect(screen.getByText('The rest')).toBeDefined();
    expect(screen.getByRole('alert').textContent).toContain('It can’t be shown.');
    isBroken = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(screen.getByText('All is well')).toBeDefined();
    vi.restoreAllMocks();
  });

  it('offers to reload the page where its program is missing', () => {
    const error = new MissingPart('missing');
    render(<PartFailure what="It" error={error} onRetry={() => undefined} />);
    expect(screen.getByRole('button', { name: 'Reload the page' })).toBeDefined();
    cleanup();
    render(<PageFailure error={error} />);
    expect(screen.getByRole('heading', { name: 'This page has been updated' })).toBeDefined();
  });
});
