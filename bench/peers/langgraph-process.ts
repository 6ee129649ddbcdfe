/** A process that holds the graph and its load, as `subject-process.ts` does for ours. */
import { drive, loadSchema } from '../measure/drive.ts';
import { z } from 'zod';
import { answerCommands, readSpec } from '../processes/answer-commands.ts';
import { openLangGraph } from './langgraph.ts';

const { file } = readSpec(z.object({ file: z.string().nullable() }));
const turn = openLangGraph(file);

answerCommands({ run: (input) => drive(turn, loadSchema.parse(input)) });
