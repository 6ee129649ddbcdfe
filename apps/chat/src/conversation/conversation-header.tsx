import type { JSX, ReactNode } from 'react';
import { Icon } from '../parts/icon.tsx';
import { hashOf } from '../routing/route.ts';
import { ThemeButton } from '../theme/theme-button.tsx';

interface ConversationHeaderProps {
  readonly title: string;
  /** Beside the title. */
  readonly badge: ReactNode;
  /** What can be done with the conversation as a whole. */
  readonly actions: ReactNode;
  /** Below. */
  readonly children?: ReactNode;
}

export function ConversationHeader({
  title,
  badge,
  actions,
  children,
}: ConversationHeaderProps): JSX.Element {
  return (
    <header className="head">
      <div className="head__bar">
        <a className="icon-button" href={hashOf({ page: 'start' })} aria-label="All conversations">
          <Icon name="back" />
        </a>
        <h1 className="head__title">{title}</h1>
        {badge}
        <div className="head__actions">
          {actions}
          <ThemeButton />
        </div>
      </div>
      {children}
    </header>
  );
}
