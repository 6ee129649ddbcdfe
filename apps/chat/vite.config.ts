import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => ({
  // Relative addresses, because the page may be mounted under any path of another application.
  base: './',
  plugins: [react()],
  server: {
    // The page and the API have one origin, as they do when the server serves the page.
    proxy: {
      '/trpc': loadEnv(mode, import.meta.dirname, 'TURNKEEPER_')['TURNKEEPER_URL'] ?? 'http://127.0.0.1:3000',
    },
  },
  build: {
    // The page's security policy allows only its own files, not data URLs.
    assetsInlineLimit: 0,
    // The bundled packages ask for their notices to be kept. That of the typeface, which is no module, is in public/.
    license: { fileName: 'licences.md' },
    // React, TanStack Query, tRPC and a Markdown parser. The renderer of cards is a chunk of its own.
    chunkSizeWarningLimit: 600,
  },
}));
