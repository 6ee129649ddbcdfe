import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import type { Activity } from '../../../server/domain/activity.ts';
import { parseEnvironment } from '../../../server/environment.ts';
import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { createLogger } from '../../../server/observability/create-logger.ts';
import { runServer } from '../../../server/run-server.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { survey, travel } from '../../contract/sample-workflows.ts';

// A whole server in a process of its own, which says how long its event loop was kept busy between `begin` and `end`. Not
// time counts, which a busy machine makes longer, but the processor's, between one turn of the loop and the next.

let measuring = false;
let longestMs = 0;

function measure(before: NodeJS.CpuUsage): void {
  const now = process.cpuUsage();
  const spentMs = (now.user + now.system - before.user - before.system) / 1_000;
  longestMs = Math.max(longestMs, spentMs);
  if (measuring) setImmediate(measure, now);
}

/** What an agent may make of a card that is costly to check: many choices, lists of them, expressions. */
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
  if (message === 'begin') {
    longestMs = 0;
    measuring = true;
    setImmediate(measure, process.cpuUsage());
    process.send?.({ type: 'begun' });
  } else {
    measuring = false;
    process.send?.({ type: 'ended', longestMs });
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ type: 'ready', url: server.url });
