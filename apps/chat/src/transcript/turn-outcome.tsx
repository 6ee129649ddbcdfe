import type { DefinitionResult } from '@turnkeeper/client';
import type { JSX } from 'react';
import type { LastTurn } from '../workflow/conversation-view.ts';
import { Icon } from '../parts/icon.tsx';
import { explainRejection } from '../workflow/explain-rejection.ts';
import { findField, labelOf } from '../workflow/field.ts';
import { formatField } from '../workflow/format-value.ts';
import { safeLink } from '../parts/safe-address.ts';

interface TurnOutcomeProps {
  readonly turn: LastTurn;
  readonly definition: DefinitionResult | null;
}

/** The last turn's changes: saved, cleared and rejected fields (with reasons), and the agent's sources. */
export function TurnOutcome({ turn, definition }: TurnOutcomeProps): JSX.Element | null {
  const changed = Object.entries(turn.changed);
  const sources = turn.citations.flatMap((address) => safeLink(address) ?? []);
  if (changed.length + turn.rejected.length + sources.length === 0) return null;
  const labelFor = (name: string): string => findField(definition, name)?.label ?? labelOf(name);
  return (
    <section className="outcome" aria-label="What changed">
      {changed.length + turn.rejected.length > 0 && (
        <ul className="outcome__list">
          {changed.map(([name, value]) => (
            <li key={name} className="outcome__saved">
              <Icon name="check" />
              {value === null ? (
                <span>{`Cleared: ${labelFor(name)}`}</span>
              ) : (
                <span>
                  {`Saved: ${labelFor(name)}: `}
                  <strong>{formatField(findField(definition, name), value)}</strong>
                </span>
              )}
            </li>
          ))}
          {turn.rejected.map(({ field, issues }) => (
            <li key={field} className="outcome__rejected">
              <Icon name="warning" />
              <span>
                <strong>{`Not accepted: ${labelFor(field)}`}</strong>
                {`: ${explainRejection(findField(definition, field), issues)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {sources.length > 0 && (
        <div className="outcome__sources">
          <p id={`sources-${turn.number}`}>Sources</p>
          <ul aria-labelledby={`sources-${turn.number}`}>
            {sources.map((address) => (
              <li key={address}>
                <a href={address} target="_blank" rel="noopener noreferrer">
                  {shortAddress(address)}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function shortAddress(address: string): string {
  const { host, pathname } = new URL(address);
  return pathname === '/' ? host : `${host}${pathname}`;
}
