import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runTool } from './run-tool.ts';

const workflow = {
  id: 'pizza',
  version: 1,
  title: 'Pizza',
  steps: [
    {
      id: 'order',
      title: 'Order',
      collects: {
        type: 'object',
        properties: {
          size: { type: 'string', enum: ['small', 'large'] },
          count: { type: 'integer', minimum: 1 },
        },
        required: ['size', 'count'],
      },
    },
    { id: 'confirm', title: 'Confirm' },
  ],
};

const good = {
  workflow,
  dialogues: [
    {
      id: 'answered by the file',
      turns: [
        {
          user: 'Two large ones and a beer',
          agent: {
            text: 'Shall I order?',
            action: 'confirm',
            data: { size: 'large', count: 2, drink: 'beer' },
          },
          expect: {
            collectedThisTurn: { size: 'large', count: 2 },
            stateChanged: true,
            currentStep: 'confirm',
            percentComplete: 50,
            status: 'active',
            ignored: ['drink'],
            suggestedInput: { type: 'confirmation' },
            text: 'Shall I order?',
          },
        },
        {
          user: 'No, none at all',
          agent: { text: 'I need a number.', data: { count: 0 } },
          expect: {
            collectedThisTurn: {},
            stateChanged: false,
            rejected: ['count'],
            text: ['I need a number.'],
          },
        },
        {
          user: 'Fine, two',
          agent: { action: 'complete' },
          expect: { status: 'completed', percentComplete: 100 },
        },
      ],
      finalCollected: { size: 'large', count: 2 },
      completed: true,
    },
    {
      id: 'answered by the guided agent',
      turns: [
        { user: 'large', expect: { collectedThisTurn: { size: 'large' } } },
        { user: '3', expect: { collectedThisTurn: { count: 3 }, currentStep: 'confirm' } },
      ],
      finalCollected: { size: 'large', count: 3 },
      completed: false,
    },
  ],
};

/** Writes the files into a folder, and replays the named ones, or the whole folder. */
async function replay(
  files: Readonly<Record<string, unknown>>,
  named?: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
) {
  const folder = await mkdtemp(join(tmpdir(), 'turnkeeper-replay-test-'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  const args = named?.map((name) => join(folder, name)) ?? [folder];
  const run = await runTool('replay', {
    args: [...options, ...args],
    env: { REDIS_URL: inject('redisUrl'), ...env },
  });
  await rm(folder, { recursive: true });
  return { ...run, lines: run.stdout.trimEnd().replaceAll(`${folder}/`, '').split('\n') };
}

describe('npm run replay', () => {
  it('agrees with a file whose every turn reports what it must', async () => {
    const { lines, stderr, exitCode } = await replay({ 'good.json': good });
    expect(lines).toEqual(['✓ good.json: 2 dialogues, 5 turns', '1 file, 2 dialogues, 5 turns: all agree']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('replays every file of a folder, on a Redis of its own when none is given', async () => {
    const files = { 'b.json': good, 'a.json': good, 'notes.txt': 'not one of them' };
    const { lines, exitCode } = await replay(files, undefined, { REDIS_URL: '' });
    expect(lines).toEqual([
      '✓ a.json: 2 dialogues, 5 turns',
      '✓ b.json: 2 dialogues, 5 turns',
      '2 files, 4 dialogues, 10 turns: all agree',
    ]);
    expect(exitCode).toBe(0);
  });

  it('takes the workflow of the server by its id', async () => {
    const turns = [{ user: 'From 3 May 2028', expect: { collectedThisTurn: { from: '2028-05-03' } } }];
    const { lines, exitCode } = await replay({
      'f.json': { workflow: 'leave-request', dialogues: [{ id: 'd', turns }] },
    });
    expect(lines.at(-1)).toBe('1 file, 1 dialogue, 1 turn: all agree');
    expect(exitCode).toBe(0);
  });

  it("takes a workflow of one's own in TypeScript by its id, with its condition", async () => {
    await using own = await temporaryFolder();
    await writeFile(
      join(own.path, 'shipping.ts'),
      `import { defineWorkflow, z } from 'turnkeeper/workflows';
       export default defineWorkflow({
         id: 'shipping', version: 1, title: 'Shipping',
         steps: [
           { id: 'parcel', title: 'Parcel', collects: z.object({ isAbroad: z.boolean() }) },
           { id: 'customs', title: 'Customs', when: ({ isAbroad }) => isAbroad === true,
             collects: z.object({ worth: z.int().min(1) }) },
         ],
       });`,
    );
    const abroad = [
      {
        user: 'To Norway',
        agent: { data: { isAbroad: true } },
        expect: { currentStep: 'customs', percentComplete: 50 },
      },
      {
        user: '20',
        agent: { data: { worth: 20 } },
        expect: { collectedThisTurn: { worth: 20 }, status: 'completed' },
      },
    ];
    const atHome = [
      {
        user: 'To Ulm',
        agent: { data: { isAbroad: false } },
        expect: { currentStep: 'parcel', percentComplete: 100 },
      },
    ];
    const dialogues = [
      { id: 'abroad', turns: abroad, completed: true },
      { id: 'at home', turns: atHome },
    ];
    const files = {
      'shipping.json': { workflow: 'shipping', dialogues },
      'shipped.json': { workflow: 'leave-request', dialogues },
    };
    const { lines, exitCode } = await replay(files, undefined, {}, ['--workflows', own.path]);
    expect(lines).toEqual([
      '✗ shipped.json: is not a replay file',
      expect.stringContaining('there is no workflow "leave-request": it must be one of "shipping", or'),
      '✓ shipping.json: 2 dialogues, 3 turns',
      '1 file, 2 dialogues, 3 turns; 1 file could not be read',
    ]);
    expect(exitCode).toBe(1);
  });

  it('counts the differences beside the files that could not be read', async () => {
    const turns = [{ user: 'large', expect: { stateChanged: false } }];
    const { lines } = await replay({ 'a.json': { workflow, dialogues: [{ id: 'd', turns }] }, 'b.json': '' });
    expect(lines.at(-1)).toBe('1 file, 1 dialogue, 1 turn: 1 difference; 1 file could not be read');
  });

  it('names every field that differs, with its dialogue and turn, and fails', async () => {
    const turns = [
      {
        user: 'Two large ones, none of them small',
        agent: { text: 'Noted.', data: { size: 'large', count: 0 } },
        expect: {
          collectedThisTurn: { size: 'small' },
          stateChanged: false,
          currentStep: 'confirm',
          percentComplete: 51,
          status: 'completed',
          rejected: [],
          ignored: ['size'],
          suggestedInput: { type: 'text' },
          text: 'Not noted.',
        },
      },
    ];
    const dialogue = { id: 'wrong', turns, finalCollected: { size: 'small' }, completed: true };
    const { lines, exitCode } = await replay({
      'wrong.json': { workflow, dialogues: [dialogue] },
      'good.json': good,
    });
    const turn = '    wrong.json / dialogue wrong / turn 1 /';
    const end = '    wrong.json / dialogue wrong / end /';
    expect(lines).toEqual([
      '✓ good.json: 2 dialogues, 5 turns',
      '✗ wrong.json: 1 dialogue, 1 turn, 11 differences',
      `${turn} collectedThisTurn: expected {"size":"small"}, got {"size":"large"}`,
      `${turn} stateChanged: expected false, got true`,
      `${turn} currentStep: expected "confirm", got "order"`,
      `${turn} percentComplete: expected 51, got 0`,
      `${turn} status: expected "completed", got "active"`,
      `${turn} rejected: expected [], got ["count"]`,
      `${turn} ignored: expected ["size"], got []`,
      `${turn} suggestedInput: expected {"type":"text"}, got {"type":"number"}`,
      `${turn} text: expected ["Not noted."], got ["Noted."]`,
      `${end} finalCollected: expected {"size":"small"}, got {"size":"large"}`,
      `${end} completed: expected true, got false`,
      '2 files, 3 dialogues, 6 turns: 11 differences',
    ]);
    expect(exitCode).toBe(1);
  });

  it('names the turn that could not be played', async () => {
    const expected = { status: 'completed' };
    const turns = [
      {
        user: 'all of it',
        agent: { action: 'complete', data: { size: 'small', count: 1 } },
        expect: expected,
      },
      { user: 'more', agent: { text: 'never said' }, expect: expected },
    ];
    const { lines, exitCode } = await replay({ 'f.json': { workflow, dialogues: [{ id: 'long', turns }] } });
    expect(lines[1]).toContain(
      'f.json / dialogue long / turn 2 / error: expected null, got "WORKFLOW_ENDED: ',
    );
    expect(exitCode).toBe(1);
  });

  it('names each fault of a file by its place, and plays the others', async () => {
    const faulty = {
      workflow: { ...workflow, steps: [...workflow.steps, { id: 'confirm', title: 'Again' }] },
      dialogues: [{ id: 'd', turns: [{ user: 'hello', expects: {}, expect: {} }], finalCollected: [] }],
    };
    const files = {
      'faulty.json': faulty,
      'good.json': good,
      'not.json': '{ "workflow": ',
      'unknown.json': { ...good, workflow: 'holiday' },
    };
    const { lines, exitCode } = await replay(files);
    expect(lines).toEqual([
      '✗ faulty.json: is not a replay file',
      expect.stringMatching(
        /^ {4}faulty\.json: dialogues\.0\.turns\.0\.expect: must name something to compare/,
      ),
      '    faulty.json: dialogues.0.turns.0.expects: is not a known key',
      expect.stringMatching(/^ {4}faulty\.json: dialogues\.0\.finalCollected: /),
      '    faulty.json: workflow.steps.2.id: duplicate step id "confirm": each step needs its own',
      '✓ good.json: 2 dialogues, 5 turns',
      '✗ not.json: is not a replay file',
      expect.stringMatching(/^ {4}not\.json: is not JSON: /),
      '✗ unknown.json: is not a replay file',
      expect.stringMatching(/^ {4}unknown\.json: workflow: there is no workflow "holiday".*"leave-request"/),
      '1 file, 2 dialogues, 5 turns; 3 files could not be read',
    ]);
    expect(exitCode).toBe(1);
  });

  it('fails when there is nothing to replay', async () => {
    const empty = await replay({ 'notes.txt': 'no dialogue' });
    expect(empty.stderr).toMatch(/^There is no replay file/);
    expect(empty.exitCode).toBe(1);
    const missing = await replay({}, ['missing.json']);
    expect(missing.lines[1]).toContain("missing.json: can't be read: ");
    expect(missing.lines.at(-1)).toBe('0 files, 0 dialogues, 0 turns; 1 file could not be read');
    expect(missing.exitCode).toBe(1);
    const nothing = await runTool('replay', {});
    expect(nothing.stderr).toMatch(
      /^replay needs a folder of replay files, or files\.\n\nUsage: turnkeeper replay/,
    );
    expect(nothing.exitCode).toBe(1);
  });

  it('says that its Redis can not be reached', async () => {
    const { stderr, exitCode } = await replay({ 'good.json': good }, undefined, {
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(stderr).toMatch(/^Redis can't be reached \(127\.0\.0\.1:1: .*ECONNREFUSED/);
    expect(exitCode).toBe(1);
  });
});
