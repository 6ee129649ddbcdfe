import { z } from 'zod';

const commandSchema = z.object({ id: z.int(), command: z.string(), input: z.unknown() });

export const answerSchema = z.union([
  z.object({ id: z.int(), output: z.unknown() }),
  z.object({ id: z.int(), error: z.string() }),
]);

export type Handlers = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/** Makes this process carry out what its parent asks for; it ends with its parent. */
export function answerCommands(handlers: Handlers): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (message) => {
    const { id, command, input } = commandSchema.parse(message);
    const handle = handlers[command] ?? (() => Promise.reject(new Error(`There is no command ${command}.`)));
    handle(input).then(
      (output) => process.send?.({ id, output: output ?? null }),
      (error: unknown) => process.send?.({ id, error: describe(error) }),
    );
  });
  process.send?.('ready');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The argument that `startChild` gave this process. */
export function readSpec<Spec>(schema: z.ZodType<Spec>): Spec {
  return schema.parse(JSON.parse(process.argv[2] ?? 'null'));
}
