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
    // React, TanStack Query, tRPC and a Markdown parser. The renderer of cards is a chunk of its own.
    chunkSizeWarningLimit: 600,
  },
  environments: {
    // The bundled packages ask for their notices to be kept. That of the typeface, which is no module, is in public/.
    client: { build: { license: { fileName: 'licences.md' } } },
    // The one script that embeds the page in another site. It is no module, because only then it finds its own tag.
    embed: {
      consumer: 'client',
      build: {
        copyPublicDir: false,
        emptyOutDir: false,
        modulePreload: false,
        rolldownOptions: {
          input: 'src/embed/script/main.ts',
          output: { format: 'iife', entryFileNames: 'embed.js' },
        },
      },
    },
  },
  builder: {
    buildApp: async (builder) => {
      const { client, embed } = builder.environments;
      for (const part of [client, embed]) if (part !== undefined) await builder.build(part);
    },
  },
}));
