import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTurnkeeperClient } from '@turnkeeper/client';
import type { TurnkeeperClientOptions } from '@turnkeeper/client';
import { TurnkeeperProvider } from '@turnkeeper/client/react';
import { StrictMode, Suspense } from 'react';
import type { JSX } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { listenToHost } from './embed/framed.ts';
import { ErrorBoundary, PageFailure } from './parts/error-boundary.tsx';
import { MissingPart, lazyPart, loadPart } from './parts/missing-part.ts';
import { restoreTheme } from './parts/theme.tsx';
import type { SignInSettings } from './sign-in/page-sign-in.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/start.css';
import './styles/screen.css';
import './styles/progress.css';
import './styles/transcript.css';
import './styles/markdown.css';
import './styles/composer.css';
import './styles/collected.css';
import './styles/cards.css';
import './styles/ending.css';
import './styles/low-screen.css';
import './styles/framed.css';
import './styles/forced-colors.css';
import './styles/print.css';

// The API is beside the page, under whatever path the page is mounted.
const ownFolder = new URL('.', document.baseURI).href;

restoreTheme();
listenToHost();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root element to render into.');
const reactRoot = createRoot(root, {
  // The user is told about a part that is missing. Every other error is a fault of the program.
  onCaughtError: (error) => {
    if (!(error instanceof MissingPart)) reportError(error);
  },
});

const DefinitionFaults = lazyPart(() => import('./development/definition-faults.tsx'));

// The server says how to sign in, or nothing if it is one for development. Where it reloads definitions
// (`turnkeeper dev`), it says where it tells of their faults.
const { signIn, definitionNews } = document.documentElement.dataset;
if (signIn === undefined) show({}, (page) => page);
else
  showSignedIn(JSON.parse(signIn) as SignInSettings).catch((error: unknown) => {
    if (!(error instanceof MissingPart)) throw error;
    reactRoot.render(<PageFailure error={error} />);
  });

function show(
  options: Pick<TurnkeeperClientOptions, 'token'>,
  frame: (page: JSX.Element) => JSX.Element,
): void {
  const client = createTurnkeeperClient({ url: ownFolder, ...options });
  const page = (
    <QueryClientProvider client={new QueryClient()}>
      <TurnkeeperProvider client={client}>
        {definitionNews !== undefined && (
          <ErrorBoundary fallback={() => null}>
            <Suspense>
              <DefinitionFaults address={definitionNews} />
            </Suspense>
          </ErrorBoundary>
        )}
        <App />
      </TurnkeeperProvider>
    </QueryClientProvider>
  );
  reactRoot.render(
    <StrictMode>
      <ErrorBoundary fallback={(error) => <PageFailure error={error} />}>{frame(page)}</ErrorBoundary>
    </StrictMode>,
  );
}

/** Loads the parts that sign users in, which a server for development does not need. */
async function showSignedIn(settings: SignInSettings): Promise<void> {
  const [{ PageSignIn }, { Finished, SignedIn }] = await loadPart(() =>
    Promise.all([import('./sign-in/page-sign-in.ts'), import('./sign-in/signed-in.tsx')]),
  );
  const pageSignIn = await PageSignIn.open(settings);
  if (pageSignIn === null) {
    reactRoot.render(<Finished />);
    return;
  }
  show({ token: ({ forceRefresh }) => pageSignIn.token(forceRefresh) }, (page) => (
    <SignedIn signIn={pageSignIn}>{page}</SignedIn>
  ));
}
