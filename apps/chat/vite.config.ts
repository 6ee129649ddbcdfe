import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';
import type { Plugin } from 'vite';

/**
 * Puts before-paint.ts into the page's head, as a file of its own with a hash in its name: the page's security policy
 * forbids inline scripts, and Vite bundles modules only, which do not block the first paint.
 */
function beforePaint(): Plugin {
  const source = readFileSync(new URL('src/before-paint.ts', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
  const fileName = `assets/before-paint-${hash}.js`;
  return {
    name: 'before-paint',
    applyToEnvironment: ({ name }) => name === 'client',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source });
    },
    transformIndexHtml: (_html, { server }) => [
      server === undefined
        ? { tag: 'script', attrs: { src: `./${fileName}` }, injectTo: 'head-prepend' }
        : { tag: 'script', children: source, injectTo: 'head-prepend' },
    ],
  };
}

export default defineConfig(({ mode }) => ({
  // Relative addresses, because the page may be mounted under any path of another application.
  base: './',
  plugins: [react(), beforePaint()],
  server: {
    // The page and the API have one origin, as they do when the server serves the page.
    proxy: {
      '/trpc': loadEnv(mode, import.meta.dirname, 'TURNKEEPER_')['TURNKEEPER_URL'] ?? 'http://127.0.0.1:3000',
    },
  },
  build: {
    // The page's security policy allows only its own files, not data URLs.
    assetsInlineLimit: 0,
    // React, TanStack Query and tRPC. The Markdown parser and the renderer of cards are chunks of their own.
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
