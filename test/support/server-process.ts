import { bundledProgram } from './bundled-program.ts';
import { runnable, startNode } from './child-program.ts';
import { compiledWorkflows } from './compiled-workflows.ts';
import { patientCommandMs } from './time.ts';

const main = 'server/main.ts';

/**
 * Runs `server/main.ts` in a child process, with this environment and little else.
 * @param program what Node runs. @default a bundle with the shipped workflows as JavaScript, which starts faster
 */
export async function startServerProcess(env: Readonly<Record<string, string>>, program?: typeof main) {
  const faster = program === undefined ? { WORKFLOWS_DIR: await compiledWorkflows() } : {};
  const server = startNode(runnable(program ?? (await bundledProgram(main))), {
    env: { PORT: '0', REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs), ...faster, ...env },
  });
  return {
    ...server,
    /** Resolves with the start-up message once it is printed, and the address in it. */
    async started(): Promise<{ readonly url: string; readonly message: string }> {
      const [, url = ''] = await server.hasPrinted(/listens on (http:\S+)[\s\S]*curl/);
      return { url, message: server.printed() };
    },
  };
}
