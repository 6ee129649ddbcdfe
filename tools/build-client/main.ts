// `npm run build:client`: builds client-sdk/dist/, the folder to pack and publish.
import { fileURLToPath } from 'node:url';
import { buildClient } from './build-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = fileURLToPath(new URL('../../client-sdk/dist', import.meta.url));
await buildClient(root, outDir);
console.log('Built client-sdk/dist. To pack it: npm pack ./client-sdk/dist');
