/**
 * The definitions of a folder that is being edited.
 *
 * The job: read the folder again once its files have been still for a moment, and let what is right take effect. The
 * boundary: the file system only says when to look, and each reading starts from the files alone; a use case reads
 * `current` once, so a turn ends on the definitions that it began with. It keeps that
 * - a file with faults changes nothing: its last right definition runs on, and the faults are news;
 * - one reading ends before the next begins, and every change is followed by a reading that began after it.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { DefinitionNews } from '../../contract/definition-news.ts';
import { prepareWorkflows } from '../domain/workflow.ts';
import type { Workflows } from '../domain/workflow.ts';
import type { ReloadedWorkflows } from '../orchestrator/ports/current-workflows.ts';
import { FreshModules } from './fresh-modules.ts';
import { formatFaults, loadFiles } from './load-definitions.ts';
import type { FileFault } from './load-definitions.ts';
import { takeOver } from './running-definitions.ts';
import type { RunningDefinitions } from './running-definitions.ts';

/** One reading of the folder after files have changed. */
export interface Reload {
  /** The files that changed, relative to the folder. */
  readonly files: readonly string[];
  readonly before: Workflows;
  readonly after: Workflows;
  /** One line each. */
  readonly faults: readonly string[];
}

interface WatchOptions {
  /** Called after every reading but the first. */
  readonly onReload: (reload: Reload) => void;
  /** Called if files can't be watched: changes may not be noticed from then on. */
  readonly onTrouble: (error: Error) => void;
}

/** The time without another change after which the folder is read: many files are often saved at once, or in pieces. */
const stillMs = 80;

const codeOrData = /\.(json|[cm]?[jt]sx?)$/;

export class WatchedDefinitions implements ReloadedWorkflows {
  readonly #folder: string;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<(news: DefinitionNews) => void>();
  /** Imported files from elsewhere. */
  readonly #imported = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #watchers: FSWatcher[] = [];
  #running: RunningDefinitions = new Map();
  #workflows: Workflows = new Map();
  #news: DefinitionNews = { faults: [] };
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** Reads the folder and watches it. Files with faults are news, as they are later. */
  static async open(dir: string, options: WatchOptions): Promise<WatchedDefinitions> {
    const watched = new WatchedDefinitions(resolve(dir), options);
    // Watched first, so that no change falls in between. The folder around it is watched for the folder's own return: git
    // takes it away, and another branch brings it back.
    await watched.#watch([dirname(watched.#folder)], (path) => watched.#isForeign(path));
    await watched.#read();
    return watched;
  }

  private constructor(folder: string, options: WatchOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  get current(): Workflows {
    return this.#workflows;
  }

  get news(): DefinitionNews {
    return this.#news;
  }

  readonly onNews = (listener: (news: DefinitionNews) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Watches no longer. A reading under way ends first. */
  async close(): Promise<void> {
    await this.#reading;
    await Promise.all(this.#watchers.map((watcher) => watcher.close()));
    clearTimeout(this.#timer);
  }

  /** True for what is not in the folder, for packages, and for what programs keep hidden. */
  #isForeign(path: string): boolean {
    if (path === dirname(this.#folder)) return false;
    const parts = relative(this.#folder, path).split(sep);
    return parts.some((part) => part === '..' || part === 'node_modules' || /^\.[^.]/.test(part));
  }

  #notice(path: string): void {
    if (!this.#imported.has(path) && !codeOrData.test(path)) return;
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#reading = this.#reading.then(() => this.#reload());
    }, stillMs);
  }

  async #reload(): Promise<void> {
    const files = [...this.#changed].map((path) => relative(this.#folder, path)).sort();
    this.#changed.clear();
    // The reading before this one may have begun after the last change.
    if (files.length === 0) return;
    const before = this.#workflows;
    await this.#read();
    this.#options.onReload({ files, before, after: this.#workflows, faults: this.#news.faults });
    for (const listener of this.#listeners) listener(this.#news);
  }

  async #read(): Promise<void> {
    const modules = new FreshModules();
    const loaded = await loadFiles(this.#folder, modules.importDefault);
    // A file that was not watched when it was read may have changed since: it is read again once it is watched.
    if (await this.#watchImported(modules.files())) return this.#read();
    const { running, faults } = loaded.ok
      ? takeOver(this.#running, loaded.files)
      : { running: this.#running, faults: loaded.faults };
    this.#running = running;
    this.#workflows = prepareWorkflows([...running.values()]);
    this.#news = { faults: linesOf(faults) };
  }

  /** Watches imported files wherever they are, for good. Returns whether some were not watched yet. */
  async #watchImported(files: readonly string[]): Promise<boolean> {
    const added = new Set(files.filter((file) => this.#isForeign(file) && !this.#imported.has(file)));
    if (added.size === 0) return false;
    for (const file of added) this.#imported.add(file);
    // By their folders: a file that is taken away and comes back later is noticed there alone.
    const folders = new Set([...added].map((file) => dirname(file)));
    await this.#watch([...folders], (path) => !folders.has(path) && !added.has(path));
    return true;
  }

  async #watch(paths: string[], ignored: (path: string) => boolean): Promise<void> {
    // Watching alone keeps no process alive: one that fails to start ends.
    const watcher = watch(paths, { ignored, ignoreInitial: true, persistent: false });
    this.#watchers.push(watcher);
    watcher.on('all', (_event, path) => this.#notice(path));
    watcher.on('error', (error) =>
      this.#options.onTrouble(error instanceof Error ? error : new Error(String(error))),
    );
    await new Promise<void>((ready) => watcher.once('ready', ready));
  }
}

function linesOf(faults: readonly FileFault[]): string[] {
  return faults.map((fault) => formatFaults([fault]));
}
