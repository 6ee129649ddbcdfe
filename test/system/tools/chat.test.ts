import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { createGuidedAgent } from '../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { serve } from '../../redis/client-sdk/serve.ts';
import { runTool } from './run-tool.ts';

const guided = createGuidedAgent({ clock: systemClock });

describe('npm run chat', () => {
  it('lets pick a workflow, and shows what each turn collected and how far it came', async () => {
    await using server = await serve(guided);
    const lines = ['9', 'vend', 'Northwind Ltd', '2', 'Ana Ruiz'];
    const { stdout, stderr, exitCode } = await runTool('chat', { args: ['--url', server.url], lines });

    expect(stderr).toBe('');
    expect(stdout).toContain(
      '  3. Leave request (leave-request)\n  4. Vendor onboarding (vendor-onboarding)\n',
    );
    expect(stdout).toContain('1-4: 9\nType a number from 1 to 4, or the beginning of a name.\n1-4: vend\n');
    expect(stdout).toContain(`To come back to it: npm run chat -- --url ${server.url} --conversation `);
    expect(stdout).toContain('  you: Northwind Ltd\n       ✓ Legal name: Northwind Ltd\nagent: ');
    expect(stdout).toContain('       2. partnership\n');
    expect(stdout).toContain('  you (1-5): 2\n       ✓ Legal form: partnership\n');
    expect(stdout).toContain('█████░░░░░░░░░░░░░░░ 25 %  Step 2 of 4: Contact\n');
    expect(exitCode).toBe(0);
  });

  it('resumes a conversation by its id, showing what was said last', async () => {
    await using server = await serve(guided);
    const options = ['--url', server.url, '--user', 'ann'];
    const first = await runTool('chat', {
      args: [...options, '--workflow', 'vendor-onboarding'],
      lines: ['Northwind Ltd', '/quit', 'not read any more'],
    });
    expect(first.stdout).not.toContain('not read any more');
    const id = /--conversation (\S+)$/m.exec(first.stdout)?.[1] ?? '';

    const resumed = await runTool('chat', {
      args: [...options, '--conversation', id],
      lines: ['partnership'],
    });
    expect(resumed.stdout).toContain('  you: Northwind Ltd\nagent: ');
    expect(resumed.stdout).toContain('  you (1-5): partnership\n       ✓ Legal form: partnership\n');
    expect(resumed.exitCode).toBe(0);

    const strangers = await runTool('chat', { args: ['--url', server.url, '--conversation', id] });
    expect(strangers.stderr).toContain('There is no such conversation.');
    expect(strangers.exitCode).toBe(1);
  });

  it('sends the token of its environment along, for an agent that is asked in the name of the person', async () => {
    const tokens: (string | null)[] = [];
    await using server = await serve({
      name: 'asked in the name of',
      open: () => Promise.resolve('c'),
      send: (request, options) => {
        tokens.push(options.userToken);
        return guided.send(request, options);
      },
    });
    const { stdout, stderr } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      env: { TURNKEEPER_TOKEN: 'token-of-dana' },
    });
    expect(new Set(tokens)).toEqual(new Set(['token-of-dana']));
    expect(stdout + stderr).not.toContain('token-of-dana');
  });

  it('says so if an agent sent no structure, or faulty structure', async () => {
    const agent = new ScriptedAgent([
      { text: 'Welcome.' },
      [{ type: 'message', text: 'Hm.', value: { action: 'dance' } }],
    ]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['hello', '/quit'],
    });
    expect(stdout).toContain('(the agent sent no structure, so nothing could be collected)');
    expect(stdout).toContain("(of the agent's answer: value: action: ");
  });

  it('refuses a token that no header can carry, and does not show it', async () => {
    const { stderr, exitCode } = await runTool('chat', { env: { TURNKEEPER_TOKEN: 'one\ntwo' } });
    expect(stderr).toContain('TURNKEEPER_TOKEN must be one word');
    expect(stderr).not.toContain('two');
    expect(exitCode).toBe(1);
  });

  it('offers no answers any more in a conversation that is over', async () => {
    const data = { from: '2026-08-03', days: 3, kind: 'other', coveredBy: 'Ben' };
    const actions = ['Yes', 'No'].map((title) => ({ type: 'imBack', title, value: title }));
    const offer = {
      type: 'message',
      text: 'Is that right?',
      value: { data, action: 'complete' },
      suggestedActions: { actions },
    };
    await using server = await serve(new ScriptedAgent([[offer]]));
    const conversation = createTurnkeeperClient({ url: server.url }).conversation('leave-request');
    const { messages } = await conversation.open();
    expect(messages.at(-1)?.suggestedActions).toHaveLength(2);

    const { stdout, exitCode } = await runTool('chat', {
      args: ['--url', server.url, '--conversation', conversation.id],
    });
    expect(stdout).toMatch(
      /agent: Is that right\?\n█+ 100 % {2}Step 3 of 3: Confirm\nThis conversation is completed\.\n$/,
    );
    expect(exitCode).toBe(0);
  });

  it('takes y and n for an answer to a question that wants a yes or a no', async () => {
    const agent = new ScriptedAgent([{ text: 'Is that right?', action: 'confirm' }, { text: 'Good.' }]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['y'],
    });
    expect(stdout).toMatch(/ {2}you \(y\/n\): y\n.*\nagent: Good\.\n/);
    expect(agent.requests[1]?.input).toEqual({ type: 'text', text: 'yes' });
  });

  it('numbers the choices where the agent has not', async () => {
    const details = { from: '2026-08-03', days: 3 };
    const agent = new ScriptedAgent([{ text: 'Which kind?', data: details }, { text: 'Noted.' }]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['2'],
    });
    expect(stdout).toContain('agent: Which kind?\n       1. annual leave\n       2. sick leave\n');
    expect(agent.requests[1]?.input).toEqual({ type: 'text', text: 'sick leave' });
  });

  it('says which values were not taken, and why', async () => {
    const agent = new ScriptedAgent([{ text: 'Hello' }, { text: 'Hm.', data: { days: 400, from: null } }]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['400 days'],
    });
    expect(stdout).toMatch(/ {7}✗ Working days was not taken: .*60/);
  });

  it('shows the status, explains its commands, and ends the conversation', async () => {
    const data = { coveredBy: 'Ben', days: 3 };
    const agent = new ScriptedAgent([{ text: 'Hello' }, { text: 'Noted.', data }]);
    await using server = await serve(agent);
    const id = randomUUID();
    const { stdout, exitCode } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request', '--conversation', id],
      lines: ['three', '/status', '/help', '/fly', '/retry', '/end completed', '/end', 'not read any more'],
    });
    expect(stdout).toMatch(
      / {2}Working days: 3\n {2}Covered by: Ben\n {2}2 turns; kept until \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d, longer/,
    );
    expect(stdout).toContain('/end completed    end it as completed');
    expect(stdout).toContain('There is no command "/fly". /help lists them.');
    expect(stdout).toContain('There is no failed turn to send again.');
    expect(stdout).toContain(
      "can't be completed while required fields are missing.\n  from is required by step",
    );
    expect(stdout).toContain('This conversation is cancelled.\n');
    expect(stdout).not.toContain('not read any more');
    expect(exitCode).toBe(0);
    const ended = await createTurnkeeperClient({ url: server.url }).resume(id).get();
    expect(ended.workflowState).toMatchObject({ status: 'ended', outcome: 'cancelled' });
  });

  it('ends by itself once the workflow is complete', async () => {
    const data = { from: '2026-08-03', days: 3, kind: 'other', coveredBy: 'Ben' };
    const agent = new ScriptedAgent([{ text: 'Hello' }, { text: 'Done.', action: 'complete', data }]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['everything', 'not read any more'],
    });
    expect(stdout).toMatch(/ 100 % {2}Step 3 of 3: Confirm\nThis conversation is completed\.\n$/);
  });

  it('sends a turn that failed again under the same id, when asked to', async () => {
    const failure = new Error('the agent is ill');
    const agent = new ScriptedAgent([{ text: 'Hello' }, failure, failure, failure, { data: { days: 3 } }]);
    await using server = await serve(agent);
    const { stdout, exitCode } = await runTool('chat', {
      args: ['--url', server.url, '--workflow', 'leave-request'],
      lines: ['three', '/retry'],
    });
    expect(stdout).toContain(
      'The agent could not answer. Nothing of this turn was stored; send it again.\n' +
        "The server's log says why: see `cause` in its line turn.rolledBack.\n/retry sends it again; it happens only once.\n",
    );
    expect(stdout).toContain('  you: /retry\n       ✓ Working days: 3\n');
    expect(exitCode).toBe(0);
    const turns = server.logLines
      .map((line) => loggedTurn.parse(JSON.parse(line)))
      .filter(({ event }) => event === 'turn.rolledBack' || event === 'turn.committed');
    expect(turns.map(({ event }) => event)).toEqual([
      'turn.committed',
      ...Array<string>(3).fill('turn.rolledBack'),
      'turn.committed',
    ]);
    expect(new Set(turns.slice(1).map(({ turnId }) => turnId)).size).toBe(1);
  });

  it('lets no control sequences through to the terminal', async () => {
    const agent = new ScriptedAgent([{ text: 'He\u001b[2Jllo **you**' }]);
    await using server = await serve(agent);
    const { stdout } = await runTool('chat', { args: ['--url', server.url, '--workflow', 'leave-request'] });
    expect(stdout).toContain('agent: He[2Jllo you\n');
    expect(stdout).not.toContain('\u001b');
  });

  it('says how to start a server where there is none', async () => {
    const server = await serve(guided);
    await server.stop();
    const { stderr, exitCode } = await runTool('chat', { args: ['--url', server.url] });
    expect(stderr).toContain(`The server at ${server.url} could not be reached`);
    expect(stderr).toContain('npm start');
    expect(exitCode).toBe(1);
  });

  it.for([
    [['--workflow', 'holiday'], 'It runs: expense-report, incident-intake, leave-request, vendor-onboarding'],
    [['--conversation', 'a b'], 'must be 1 to 128 characters'],
  ] as const)('says what is wrong with %o', async ([args, message]) => {
    await using server = await serve(guided);
    const { stderr, exitCode } = await runTool('chat', { args: ['--url', server.url, ...args] });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(1);
  });

  it.for([
    [['--url', 'localhost'], '--url must be like http://127.0.0.1:3000'],
    [['--colour'], "Unknown option '--colour'"],
  ] as const)('explains its options when it is started with %o', async ([args, message]) => {
    const { stderr, exitCode } = await runTool('chat', { args });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: turnkeeper chat');
    expect(exitCode).toBe(1);
  });
});

const loggedTurn = z.looseObject({ event: z.string().optional(), turnId: z.string().optional() });
