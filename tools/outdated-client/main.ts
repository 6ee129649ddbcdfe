// `npm run outdated:client`: installs the client with the newest dependencies that its manifest allows, as a new user
// would. Prints their sizes beside those of package-lock.json, and checks the size limits and the types. It uses the
// registry.
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { installNewest, installOurs } from './installed-client.ts';
import { report } from './report.ts';
import { weigh } from './weigh.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await using folder = await temporaryFolder();
const ours = await installOurs(root, folder.path);
const newest = await installNewest(folder.path, ours);
const { text, isFine } = report(await weigh(ours), await weigh(newest));
console.log(text);
process.exitCode = isFine ? 0 : 1;
