/**
 * The definitions of a folder that is being edited.
 *
 * The job: read the folder again once its files have been still for a moment, and let what is right take effect. The
 * boundary: the file system only says when to look, and each reading starts from the files alone; a use case reads
 * `current` once, so a turn ends on the definitions that it began with. It keeps that
 * - a file with faults changes nothing: its last right definition runs on, and the faults are news;
 * - one reading ends before the next begins, and every change is followed by a reading that began after it.
 */
import { relative, resolve, sep } from 'node:path';
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

const codeOrData = /\.(json|[cm]?[jt]s)$/;

export class WatchedDefinitions implements ReloadedWorkflows {
  readonly #folder: string;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<(news: DefinitionNews) => void>();
  /** Imported files: they count wherever they are. */
  readonly #imported = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #watcher: FSWatcher;
  #running: RunningDefinitions = new Map();
  #workflows: Workflows = new Map();
  #news: DefinitionNews = { faults: [] };
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** Reads the folder and watches it. Files with faults are news, as they are later. */
  static async open(dir: string, options: WatchOptions): Promise<WatchedDefinitions> {
    const watched = new WatchedDefinitions(resolve(dir), options);
    // Watched first, so that no change falls in between.
    await new Promise<void>((ready) => watched.#watcher.once('ready', ready));
    await watched.#read();
    return watched;
  }

  private constructor(folder: string, options: WatchOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#watcher = watch(folder, {
      ignoreInitial: true,
      // Watching alone keeps no process alive: one that fails to start ends.
      persistent: false,
      ignored: (path) => this.#isForeign(path),
    });
    this.#watcher.on('all', (_event, path) => this.#notice(path));
    this.#watcher.on('error', (error) =>
      options.onTrouble(error instanceof Error ? error : new Error(String(error))),
    );
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
    clearTimeout(this.#timer);
    await this.#watcher.close();
    await this.#reading;
  }

  /** True for files that nobody edits as a definition: packages, and what editors and other programs keep hidden. */
  #isForeign(path: string): boolean {
    if (this.#imported.has(path)) return false;
    const parts = relative(this.#folder, path).split(sep);
    return parts.some((part) => part === 'node_modules' || /^\.[^.]/.test(part));
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
    this.#watchImported(modules.files());
    const { running, faults } = loaded.ok
      ? takeOver(this.#running, loaded.files)
      : { running: this.#running, faults: loaded.faults };
    this.#running = running;
    this.#workflows = prepareWorkflows([...running.values()]);
    this.#news = { faults: linesOf(faults) };
  }

  /** Files are only added: one that can't be found for a moment comes back by another event. */
  #watchImported(files: readonly string[]): void {
    const others = files.filter((file) => !this.#imported.has(file));
    for (const file of others) this.#imported.add(file);
    this.#watcher.add(others.filter((file) => relative(this.#folder, file).startsWith('..')));
  }
}

function linesOf(faults: readonly FileFault[]): string[] {
  return faults.map((fault) => formatFaults([fault]));
}
