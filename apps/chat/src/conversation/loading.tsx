import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { LonePage } from '../parts/centered-page.tsx';

/** How long loading takes before the person who waits is told that it goes on. */
const slowAfterMs = 4_000;

export function Loading(): JSX.Element {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <LonePage isBusy>
      <h1 className="visually-hidden">Loading the conversation</h1>
      <p role="status">{isSlow && 'Still trying to load the conversation…'}</p>
      <div className="skeleton skeleton--line" />
      <div className="skeleton skeleton--block" />
      <div className="skeleton skeleton--block" />
    </LonePage>
  );
}
