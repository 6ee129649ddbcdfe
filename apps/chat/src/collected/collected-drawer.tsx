import { useState } from 'react';
import type { ComponentProps, JSX } from 'react';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { CollectedSteps } from './collected-steps.tsx';

/** The same on a phone, where there is no room at the side. */
export function CollectedDrawer(props: ComponentProps<typeof CollectedSteps>): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const count = Object.keys(props.collected).length;
  return (
    <>
      <button
        type="button"
        className="button button--quiet"
        aria-label={`Collected data, ${count} ${count === 1 ? 'answer' : 'answers'}`}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        <Icon name="list" />
        <span aria-hidden="true">{count}</span>
      </button>
      <Modal isOpen={isOpen} title="Collected data" kind="drawer" onClose={() => setIsOpen(false)}>
        <CollectedSteps {...props} />
      </Modal>
    </>
  );
}
