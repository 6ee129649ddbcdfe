import { memo } from 'react';
import type { JSX, ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Picture } from './picture.tsx';
import { safeLink } from './safe-address.ts';

/** An agent's words. HTML in them is shown as the text that it is: nothing here renders it. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }): JSX.Element {
  return (
    <div className="markdown" dir="auto">
      <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={keepAddress}>
        {text}
      </ReactMarkdown>
    </div>
  );
});

const plugins = [remarkGfm];

/** Each element judges its own address below, links and images by different rules. */
const keepAddress = (address: string): string => address;

const components: Components = {
  // A message's headings are parts of the message, whatever their level: they must not disturb the page's own.
  h1: ({ children }) => <Heading>{children}</Heading>,
  h2: ({ children }) => <Heading>{children}</Heading>,
  h3: ({ children }) => <Heading>{children}</Heading>,
  h4: ({ children }) => <Heading>{children}</Heading>,
  h5: ({ children }) => <Heading>{children}</Heading>,
  h6: ({ children }) => <Heading>{children}</Heading>,
  a: ({ href, children }) => {
    const address = safeLink(href);
    if (address === null) return <span>{children}</span>;
    return (
      <a href={address} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    );
  },
  img: ({ src, alt }) => <Picture address={typeof src === 'string' ? src : undefined} alt={alt} />,
  // What is too wide scrolls within the message; so it must be reachable by keyboard.
  table: ({ children }) => (
    <div className="markdown__wide" role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => (
    <div className="markdown__wide" role="region" aria-label="Code" tabIndex={0}>
      <pre>{children}</pre>
    </div>
  ),
  // Of a task list: nothing that could be ticked.
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
};

function Heading({ children }: { readonly children?: ReactNode }): JSX.Element {
  return <h3>{children}</h3>;
}
