import { useEffect, useId, useRef } from 'react';
import type { JSX, ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface ModalProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly kind: 'dialog' | 'drawer';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A native modal dialog: the browser traps and restores the focus, and Escape closes it. */
export function Modal({ isOpen, title, kind, onClose, children }: ModalProps): JSX.Element {
  const dialogRef = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = dialogRef.current;
    if (!isOpen || dialog === null) return;
    dialog.showModal();
    return () => dialog.close();
  }, [isOpen]);

  return (
    <dialog
      ref={dialogRef}
      className={`modal modal--${kind}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={({ target }) => {
        // A click on the backdrop has the dialog itself as its target.
        if (target === dialogRef.current) onClose();
      }}
    >
      {isOpen && (
        <div className="modal__box">
          <div className="modal__head">
            <h2 id={titleId}>{title}</h2>
            <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
