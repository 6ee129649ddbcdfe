/** Calls the turn through Restate's ingress, over kept-alive connections. */
import { z } from 'zod';
import { drive, loadSchema } from '../measure/drive.ts';
import { answerCommands, readSpec } from '../processes/answer-commands.ts';
import { HttpConnection, httpRequest } from '../processes/http-connection.ts';
import { conversationIdOf, userWords } from '../world/workload.ts';

const { url } = readSpec(z.object({ url: z.string() }));
const idle: HttpConnection[] = [];
let turns = 0;

async function playTurn(conversation: number): Promise<void> {
  turns += 1;
  const connection = idle.pop() ?? (await HttpConnection.open(url));
  const { status, body } = await connection.send(
    httpRequest(url, {
      method: 'POST',
      path: `/conversation/${conversationIdOf(conversation)}/turn`,
      headers: { 'idempotency-key': `turn-${process.pid}-${turns}` },
      body: JSON.stringify({ turn: turns, text: userWords(turns) }),
    }),
  );
  if (status !== 200) throw new Error(`Restate answered with ${status}: ${body}`);
  idle.push(connection);
}

answerCommands({
  run: (input) =>
    drive(playTurn, loadSchema.parse(input)).finally(() => {
      for (const connection of idle.splice(0)) connection.close();
    }),
});
