import { useEffect, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';
import { Icon } from './icon.tsx';

interface CopyButtonProps {
  readonly label: string;
  /** Shown beside the icon. @default the icon alone */
  readonly words?: string;
  readonly className?: string;
  readonly text: string;
  /** @default true */
  readonly isTabStop?: boolean;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLButtonElement>) => void;
}

/** Time for which the button says that it has copied, in ms. */
const saidForMs = 2_000;

/** Copies a text. Not there where the browser gives no page the clipboard: without TLS from another machine. */
export function CopyButton(props: CopyButtonProps): JSX.Element | null {
  const { label, words, text, className = 'icon-button', isTabStop = true, onKeyDown } = props;
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), saidForMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!('clipboard' in navigator)) return null;
  return (
    <button
      type="button"
      className={className}
      aria-label={isCopied ? 'Copied' : label}
      title={isCopied ? 'Copied' : label}
      tabIndex={isTabStop ? 0 : -1}
      onKeyDown={onKeyDown}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(
          () => setIsCopied(true),
          // The user has forbidden it, and knows.
          () => undefined,
        );
      }}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      {words !== undefined && (isCopied ? 'Copied' : words)}
    </button>
  );
}

/** Lets the arrow keys go through the copy buttons of a list, of which only the last is a tab stop. */
export function goThroughCopyButtons(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step === undefined) return;
  const buttons = [
    ...(event.currentTarget.closest('ol')?.querySelectorAll<HTMLElement>('.message__copy') ?? []),
  ];
  const next = buttons[buttons.indexOf(event.currentTarget) + step];
  event.preventDefault();
  next?.focus();
}
