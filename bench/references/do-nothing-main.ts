/** The reference of a cold start: a process with nothing but the do-nothing server, on `PORT`. */
import { startDoNothingServer } from './do-nothing-server.ts';

await startDoNothingServer(Number(process.env['PORT']));
