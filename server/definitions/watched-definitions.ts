/**
 * The definitions of a folder that is being edited.
 *
 * The job: read the folder again once its files have been still for a moment, and let what is right take effect. The
 * boundary: marks of the files only say when to read, and each reading starts from the files alone; a use case reads
 * `current` once, so a turn ends on the definitions that it began with. It keeps that
 * - a file with faults changes nothing: its last right definition runs on, and the faults are news;
 * - one reading ends before the next begins, and every change is followed by a reading that began after it.
 */
import { relative, resolve } from 'node:path';
import type { DefinitionNews } from '../../contract/definition-news.ts';
import { prepareWorkflows } from '../domain/workflow.ts';
import type { Workflows } from '../domain/workflow.ts';
import type { ReloadedWorkflows } from '../orchestrator/ports/current-workflows.ts';
import { FreshModules } from './fresh-modules.ts';
import { formatFaults, loadFiles } from './load-definitions.ts';
import type { FileFault } from './load-definitions.ts';
import { differences, isForeign, markFiles } from './project-files.ts';
import type { FileMarks } from './project-files.ts';
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
}

/** How often files are looked at. A change that two looks find the same is read: many are often saved at once. */
const lookMs = 80;

export class WatchedDefinitions implements ReloadedWorkflows {
  readonly #folder: string;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<(news: DefinitionNews) => void>();
  /** Imported files from elsewhere, for good: one that is taken away may come back. */
  readonly #imported = new Set<string>();
  /** The marks that the last look found, and those with which the last reading began. */
  #seen: FileMarks = new Map();
  #read: FileMarks = new Map();
  #running: RunningDefinitions = new Map();
  #workflows: Workflows = new Map();
  #news: DefinitionNews = { faults: [] };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** Reads the folder and watches it. Files with faults are news, as they are later. */
  static async open(dir: string, options: WatchOptions): Promise<WatchedDefinitions> {
    const watched = new WatchedDefinitions(resolve(dir), options);
    await watched.#readFolder(await watched.#marks());
    watched.#lookLater();
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
    clearTimeout(this.#timer);
    await this.#looking;
    clearTimeout(this.#timer);
  }

  #marks(): Promise<FileMarks> {
    return markFiles(this.#folder, this.#imported);
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#lookLater());
    }, lookMs);
    // Watching alone keeps no process alive: one that fails to start ends.
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const marks = await this.#marks();
    const isStill = differences(this.#seen, marks).length === 0;
    this.#seen = marks;
    const changed = differences(this.#read, marks);
    if (!isStill || changed.length === 0) return;
    const before = this.#workflows;
    await this.#readFolder(marks);
    const files = changed.map((path) => relative(this.#folder, path)).filter((file) => file !== '');
    this.#options.onReload({ files, before, after: this.#workflows, faults: this.#news.faults });
    for (const listener of this.#listeners) listener(this.#news);
  }

  /** @param marks of the files before the reading: a file that changes meanwhile is read once more */
  async #readFolder(marks: FileMarks): Promise<void> {
    this.#read = marks;
    const modules = new FreshModules();
    const loaded = await loadFiles(this.#folder, modules.importDefault);
    const imported = modules
      .files()
      .filter((file) => isForeign(this.#folder, file) && !this.#imported.has(file));
    // A file without a mark may have changed since it was read: it is read again once it has one.
    if (imported.length > 0) {
      for (const file of imported) this.#imported.add(file);
      return this.#readFolder(await this.#marks());
    }
    const { running, faults } = loaded.ok
      ? takeOver(this.#running, loaded.files)
      : { running: this.#running, faults: loaded.faults };
    this.#running = running;
    this.#workflows = prepareWorkflows([...running.values()]);
    this.#news = { faults: linesOf(faults) };
  }
}

function linesOf(faults: readonly FileFault[]): string[] {
  return faults.map((fault) => formatFaults([fault]));
}
