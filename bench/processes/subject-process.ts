/** A process that holds one subject and puts it under load when told to: program and load share it. */
import { drive, loadSchema } from '../measure/drive.ts';
import { answerCommands, readSpec } from './answer-commands.ts';
import { prepareSchema, subjectSpecSchema } from './subject-spec.ts';
import { openSubject } from './subject.ts';

const subject = await openSubject(readSpec(subjectSpecSchema));

answerCommands({
  prepare: (input) => {
    const { conversations, turns } = prepareSchema.parse(input);
    return subject.prepare(conversations, turns);
  },
  run: (input) => drive(subject.operate, loadSchema.parse(input)),
});
