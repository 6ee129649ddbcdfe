import type { ListedConversation } from '@turnkeeper/client';
import type { JSX } from 'react';

type ListedOutcome = ListedConversation['outcome'];

export function StatusBadge({ outcome }: { readonly outcome: ListedOutcome }): JSX.Element {
  switch (outcome) {
    case undefined:
      return <span className="badge badge--active">In progress</span>;
    case 'completed':
      return <span className="badge badge--done">Completed</span>;
    case 'cancelled':
      return <span className="badge badge--stopped">Cancelled</span>;
  }
}
