// The process of a server with the settings of the environment: `npm start`, and the image of the Dockerfile.
import { runProcess } from './run-process.ts';

runProcess().catch((error: unknown) => {
  // Errors like a missing redis-server, or a data folder in use, say what to do; a stack would bury that.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
