import type { JSX } from 'react';
import { LonePage } from '../parts/lone-page.tsx';

export function Loading(): JSX.Element {
  return (
    <LonePage isBusy>
      <h1 className="visually-hidden">Loading the conversation</h1>
      <div className="skeleton skeleton--line" />
      <div className="skeleton skeleton--block" />
      <div className="skeleton skeleton--block" />
    </LonePage>
  );
}
