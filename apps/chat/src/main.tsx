import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTurnkeeperClient } from '@turnkeeper/client';
import { TurnkeeperProvider } from '@turnkeeper/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { restoreTheme } from './parts/theme.tsx';
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
import './styles/forced-colors.css';

// The API is beside the page, under whatever path the page is mounted.
const ownFolder = new URL('.', document.baseURI).href;
// Few automatic retries: the user is waiting, and has a button to try again.
const client = createTurnkeeperClient({ url: ownFolder, retry: { attempts: 3 } });
const queryClient = new QueryClient();

restoreTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root element to render into.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TurnkeeperProvider client={client}>
        <App />
      </TurnkeeperProvider>
    </QueryClientProvider>
  </StrictMode>,
);
