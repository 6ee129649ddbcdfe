import { lstat, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The template is a project whose procedure has this name. Its README and definition say it in words, too. */
const placeholder = { name: 'my-procedure', title: 'My procedure' };

const templateDir = fileURLToPath(new URL('template', import.meta.url));

/** The form of a workflow's id; npm takes such a name for a package, too. */
const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const longestName = 64;

/** Returns what is wrong with a project's name; null if nothing is. */
export function nameFault(name: string): string | null {
  if (!namePattern.test(name) || name.length > longestName)
    return `must be lower-case words joined by hyphens, like "leave-request", in at most ${longestName} characters`;
  // npm refuses to install a package in a project of the same name.
  return name === 'turnkeeper' ? 'is the name of the package that the project needs' : null;
}

/**
 * Writes a new project.
 * @param dir its folder, whose name is the project's and the workflow's; made if there is none
 * @param source where the project gets the package `turnkeeper`, as its package.json says it
 * @returns the files that were written, relative to the folder
 * @throws Error if the folder holds anything but a fresh git repository, or is no folder
 */
export async function createProject(dir: string, source: string): Promise<string[]> {
  const name = basename(dir);
  if (!(await isEmpty(dir))) throw new Error(`${name} is not empty. Choose another name, or empty it first.`);
  const entries = await readdir(templateDir, { recursive: true, withFileTypes: true });
  const templates = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files: string[] = [];
  for (const template of templates) {
    const file = projectFile(template.slice(templateDir.length + 1), name);
    const text = await readFile(template, 'utf8');
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), filledIn(text, name, source));
    files.push(file);
  }
  return files;
}

async function isEmpty(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).every((name) => name === '.git');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    // A link that leads nowhere is not found either, and no folder can be made in its place.
    if ((await lstat(dir).catch(() => null)) === null) return true;
    throw new Error(`${basename(dir)} is there, and is no folder. Choose another name.`, { cause: error });
  }
}

/** A leading `_` stands for a dot: npm packs no .gitignore, and other tools would heed the template's hidden files. */
function projectFile(path: string, name: string): string {
  return path.replace(/^_/, '.').replace(placeholder.name, name);
}

function filledIn(text: string, name: string, source: string): string {
  const words = name.replaceAll('-', ' ');
  return text
    .replaceAll(placeholder.name, name)
    .replaceAll(placeholder.title, words.charAt(0).toUpperCase() + words.slice(1))
    .replace('"turnkeeper": "*"', () => `"turnkeeper": ${JSON.stringify(source)}`);
}
