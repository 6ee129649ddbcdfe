// A server for development alone (`turnkeeper dev`) has the page load this file.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import type { DefinitionNews } from '../../../../contract/definition-news.ts';
import './definition-faults.css';

/** Shows the faults of the definitions that are being edited, and loads what is on the page again after each reload. */
export default function DefinitionFaults({ address }: { address: string }): JSX.Element | null {
  const faults = useNews(address);
  return (
    <section
      className="definition-faults"
      role="status"
      aria-label="Faults of the definitions"
      hidden={faults.length === 0}
    >
      {faults.length > 0 && (
        <>
          <strong>There are faults in the definitions. The last right ones run on.</strong>
          <ul>
            {faults.map((fault) => (
              <li key={fault}>
                <code>{fault}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function useNews(address: string): readonly string[] {
  const queries = useQueryClient();
  const [faults, setFaults] = useState<readonly string[]>([]);
  useEffect(() => {
    // The browser connects again by itself, for example after the server was restarted.
    const source = new EventSource(new URL(address, document.baseURI));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      setFaults((JSON.parse(data) as DefinitionNews).faults);
      // At the first news, too: definitions may have changed while the page connected.
      void queries.invalidateQueries();
    });
    return () => source.close();
  }, [address, queries]);
  return faults;
}
