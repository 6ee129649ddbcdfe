/** A process that holds one subject and puts it under load when told to: program and load share it. */
import { z } from 'zod';
import { drive, loadSchema } from '../measure/drive.ts';
import { answerCommands, readSpec } from './answer-commands.ts';
import { prepareSchema, subjectSpecSchema } from './subject-spec.ts';
import { openSubject } from './subject.ts';

/** A conversation that no measurement uses. */
const apart = 1_000_000;

const subject = await openSubject(readSpec(subjectSpecSchema));

answerCommands({
  prepare: (input) => {
    const { conversations, turns } = prepareSchema.parse(input);
    return subject.prepare(conversations, turns);
  },
  /** Compiles what will be measured, without a turn in the measured conversations. */
  warmUp: async (input) => {
    const { operations } = z.object({ operations: z.int() }).parse(input);
    for (let count = 0; count < operations; count += 1) await subject.operate(apart);
  },
  run: (input) => drive(subject.operate, loadSchema.parse(input)),
});
