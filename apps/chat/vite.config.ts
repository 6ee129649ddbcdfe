import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => ({
  plugins: [react()],
  server: {
    // The page and the API are one origin, as they are where the server itself serves the page.
    proxy: {
      '/trpc': loadEnv(mode, import.meta.dirname, 'TURNKEEPER_')['TURNKEEPER_URL'] ?? 'http://127.0.0.1:3000',
    },
  },
  build: {
    // The page's security policy loads nothing but files of its own.
    assetsInlineLimit: 0,
    // React, TanStack Query, tRPC and a markdown parser; the cards' renderer is loaded where there is a card.
    chunkSizeWarningLimit: 600,
  },
}));
