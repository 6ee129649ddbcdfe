import { limits } from './limits.ts';

/** As many issues as a turn reports, the first ones. */
export function boundIssues(issues: readonly string[]): string[] {
  return issues.slice(0, limits.parseIssues);
}
