import type { JSX, ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Picture } from '../parts/picture.tsx';
import { safeLink } from '../parts/safe-address.ts';

/** Renders Markdown. HTML in it is shown as text, never rendered. */
export default function MarkdownView({ text }: { readonly text: string }): JSX.Element {
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={keepAddress}>
      {text}
    </ReactMarkdown>
  );
}

const plugins = [remarkGfm];

/** Links and images have different rules for addresses, so each checks its own below. */
const keepAddress = (address: string): string => address;

const components: Components = {
  // All headings of a message become h3, so that they fit into the page's outline.
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
  // Wide tables and code scroll within the message, so the keyboard must reach them.
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
  // A task list's box can't be ticked, so it is shown as a character.
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
};

function Heading({ children }: { readonly children?: ReactNode }): JSX.Element {
  return <h3>{children}</h3>;
}
