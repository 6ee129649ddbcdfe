import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { createLogger } from '../../../server/observability/create-logger.ts';
import { runServer } from '../../../server/serve.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { survey, travel } from '../../redis/contract/sample-workflows.ts';

// A whole server in a child process that reports the cost of a request between `begin` and `end`. It measures CPU time,
// because a busy machine prolongs wall time: of the whole request, or of the longest turn of the event loop, for which
// the loop has to be kept turning.

let began = process.cpuUsage();
let isTurning = false;
let longestMs = 0;

function msSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function turn(before: NodeJS.CpuUsage): void {
  longestMs = Math.max(longestMs, msSince(before));
  if (isTurning) setImmediate(turn, process.cpuUsage());
}

/** A card that an agent may make and that is costly to check: many choices, lists of them, expressions. */
const costlyCard = {
  type: 'AdaptiveCard',
  body: [
    ...Array.from({ length: 20 }, (_, index) => ({
      ...{ type: 'Input.ChoiceSet', id: `many${index}`, isMultiSelect: true },
      choices: Array.from({ length: 40 }, (_each, choice) => ({
        title: 'x',
        value: Array.from({ length: choice + 1 }, () => 'a').join(','),
      })),
    })),
    { type: 'Input.Text', id: 'words', regex: '^[a-z]*[a-z0-9]*$' },
    { type: 'Input.Text', id: 'more', regex: '(a|b)*c' },
    { type: 'Input.Date', id: 'date' },
    { type: 'Input.Number', id: 'number' },
    { type: 'Input.Time', id: 'time' },
    { type: 'Input.Toggle', id: 'toggle' },
  ],
  actions: Array.from({ length: 20 }, (_, index) => ({
    ...{ type: 'Action.Submit', data: { of: index, same: 'data' } },
  })),
};

const guided = createGuidedAgent({ clock: systemClock });
const contentType = 'application/vnd.microsoft.card.adaptive';

const agent: Agent = {
  ...guided,
  async *send(request, options): AsyncGenerator<Activity, void> {
    if (request.briefing.workflow.id !== 'survey' || request.input.type !== 'open') {
      for await (const activity of guided.send(request, options)) yield activity;
      return;
    }
    yield { type: 'message', text: 'Please.', attachments: [{ contentType, content: costlyCard }] };
  },
};

const parsed = parseEnvironment(process.env);
if (!parsed.ok) throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
const { settings } = parsed;
if (settings.redis === null) throw new Error('REDIS_URL must be set');
const server = await runServer({
  ...{ settings, agent, definitions: [travel, survey], redis: settings.redis },
  logger: createLogger({ level: 'silent', isPretty: false }),
});

process.on('message', (message) => {
  if (message === 'end') {
    const tookMs = isTurning ? longestMs : msSince(began);
    isTurning = false;
    process.send?.({ type: 'ended', tookMs });
    return;
  }
  isTurning = message === 'begin turns';
  longestMs = 0;
  began = process.cpuUsage();
  if (isTurning) setImmediate(turn, began);
  process.send?.({ type: 'begun' });
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'ready', url: server.url });
