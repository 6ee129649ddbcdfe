import { cp, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';

/** One instruction of a Dockerfile: `RUN`, and the text after it. */
interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage of a Dockerfile whose files have been made, and what it says about its container. */
export interface BuiltStage {
  /** The folder that is the stage's root. */
  readonly root: string;
  /** The folder in it that commands run in. */
  readonly workdir: string;
  readonly base: string;
  readonly user: string | null;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  readonly stopSignal: string | null;
  readonly ports: readonly number[];
}

interface DockerfileRun {
  /** The folder with the Dockerfile, a `.dockerignore` and the files to copy. */
  readonly context: string;
  /** An empty folder for the stages. */
  readonly dir: string;
  /** Does what a RUN does, in the folder that stands for its working directory. */
  readonly run: (command: string, workdir: string) => Promise<void>;
}

/**
 * Runs the steps of a Dockerfile in empty folders, where there is no container engine, and returns its last stage. It
 * knows the instructions that our file has: another one is an error, so that none is passed over.
 */
export async function runDockerfile({ context, dir, run }: DockerfileRun): Promise<BuiltStage> {
  const instructions = parseDockerfile(await readFile(join(context, 'Dockerfile'), 'utf8'));
  const isIgnored = ignoredBy(await readFile(join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, BuiltStage>();
  let stage: BuiltStage | null = null;
  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      const [base = '', , alias = `${stages.size}`] = text.split(/\s+/);
      stage = emptyStage(join(dir, alias), base);
      await mkdir(stage.root);
      stages.set(alias, stage);
      continue;
    }
    if (stage === null) throw new Error(`${name} comes before FROM`);
    const next = declared(stage, name, text);
    if (next !== null) {
      await mkdir(next.workdir, { recursive: true });
      for (const [alias, known] of stages) if (known === stage) stages.set(alias, next);
      stage = next;
    } else if (name === 'COPY') {
      const [, from] = /^--from=(\S+) /.exec(text) ?? [];
      const paths = text.replace(/^--from=\S+ /, '').split(/\s+/);
      const source = from === undefined ? context : stages.get(from)?.root;
      if (source === undefined) throw new Error(`COPY is from an unknown stage: ${text}`);
      await copy(source, paths, stage, from === undefined ? isIgnored : () => false);
    } else if (name === 'RUN') {
      await run(text, stage.workdir);
    } else {
      throw new Error(`${name} is an instruction that the test does not know: teach it in dockerfile.ts.`);
    }
  }
  if (stage === null) throw new Error('the Dockerfile has no stage');
  return stage;
}

function emptyStage(root: string, base: string): BuiltStage {
  const nothing = { user: null, command: [], healthCheck: [], stopSignal: null, ports: [] };
  return { root, workdir: root, base, ...nothing };
}

/** The stage after an instruction that makes no files; null for one that does. */
function declared(stage: BuiltStage, name: string, text: string): BuiltStage | null {
  switch (name) {
    case 'WORKDIR':
      return { ...stage, workdir: join(stage.root, text) };
    case 'USER':
      return { ...stage, user: text };
    case 'EXPOSE':
      return { ...stage, ports: [...stage.ports, Number(text)] };
    case 'STOPSIGNAL':
      return { ...stage, stopSignal: text };
    case 'CMD':
      return { ...stage, command: execForm(text) };
    case 'HEALTHCHECK':
      return { ...stage, healthCheck: execForm(text.replace(/^(?:--\S+\s+)*CMD\s+/, '')) };
    default:
      return null;
  }
}

/** Reads `["node", "main.js"]`. The shell's form would start a shell, which hands on no signals. */
function execForm(text: string): readonly string[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string'))
    throw new Error(`not a list of texts: ${text}`);
  return parsed;
}

function parseDockerfile(text: string): Instruction[] {
  const lines = text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    return { name, text: rest.trim() };
  });
}

/** As COPY does: a folder's contents, or files into a folder whose name ends in a slash, or one file. */
async function copy(
  source: string,
  paths: readonly string[],
  { root, workdir }: BuiltStage,
  isIgnored: (path: string) => boolean,
): Promise<void> {
  const target = paths.at(-1) ?? '';
  const into = target.startsWith('/') ? join(root, target) : join(workdir, target);
  for (const path of paths.slice(0, -1)) {
    const relative = posix.normalize(path.replace(/^\//, ''));
    if (isIgnored(relative)) throw new Error(`.dockerignore leaves out ${path}, which COPY names`);
    const from = join(source, relative);
    if ((await stat(from)).isDirectory()) await copyFolder(from, into, '', isIgnored);
    else await copyFile(from, target.endsWith('/') ? join(into, basename(relative)) : into);
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

async function copyFolder(
  from: string,
  to: string,
  below: string,
  isIgnored: (path: string) => boolean,
): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(join(from, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (isIgnored(path)) continue;
    if (entry.isDirectory()) await copyFolder(from, to, path, isIgnored);
    else await copyFile(join(from, path), join(to, path));
  }
}

/** A pattern of `.dockerignore` names paths from the root; two stars at its start stand for any folder. */
function ignoredBy(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      if (line.startsWith('!')) throw new Error('an exception in .dockerignore: teach it in dockerfile.ts');
      const [, anywhere, name = ''] = /^(\*\*\/)?(.*)$/.exec(line) ?? [];
      const escaped = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
      return new RegExp(`^${anywhere === undefined ? '' : '(?:.*/)?'}${escaped}$`);
    });
  return (path) => patterns.some((pattern) => pattern.test(path));
}
