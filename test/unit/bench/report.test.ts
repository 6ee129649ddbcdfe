import { describe, expect, it } from 'vitest';
import type { Section } from '../../../bench/measure/contender.ts';
import { fileNameOf } from '../../../bench/report/save-result.ts';
import { renderSection, summarizeSection } from '../../../bench/report/table.ts';
import { readCommandStats, readCpuMs } from '../../../bench/world/redis-counters.ts';

const section: Section = {
  title: 'A turn',
  note: 'On one Redis.',
  reference: 'ideal',
  metrics: [
    { key: 'perSecond', title: 'turns/s', digits: 0, isCompared: true },
    { key: 'scripts', title: 'scripts', digits: 2, isCompared: false },
  ],
  rows: [
    {
      name: 'ideal',
      samples: [
        { perSecond: 4_000, scripts: 2 },
        { perSecond: 2_000, scripts: 2 },
      ],
    },
    { name: 'ours', samples: [{ perSecond: 1_000 }, { perSecond: 1_000 }] },
  ],
};

describe('the report of the bench', () => {
  it('shows medians, their spread, and the ratios to the reference', () => {
    expect(renderSection(section).split('\n')).toEqual([
      'A turn',
      '  On one Redis.',
      '                     turns/s                 ×  scripts',
      '  ideal  3,000 (2,000–4,000)              1.00     2.00',
      '  ours                 1,000  0.38 (0.25–0.50)        –',
      '  × is the ratio to "ideal", round by round; in brackets: least and most',
    ]);
  });

  it('keeps the same numbers for the file', () => {
    expect(summarizeSection(section)[1]).toEqual({
      name: 'ours',
      metrics: {
        perSecond: {
          ...{ median: 1_000, min: 1_000, max: 1_000 },
          ratio: { median: 0.375, min: 0.25, max: 0.5 },
        },
      },
    });
  });

  it('names its file by date and commit, so that two runs of a day do not replace each other', () => {
    const at = new Date('2026-11-29T20:15:45Z');
    expect(fileNameOf(at, '8427cf7', false)).toBe('2026-11-29-2015-8427cf7.json');
    expect(fileNameOf(at, '8427cf7+', true)).toBe('2026-11-29-2015-8427cf7-quick.json');
    expect(fileNameOf(at, null, false)).toBe('2026-11-29-2015-unknown.json');
  });
});

describe("Redis's own counters", () => {
  it('count the CPU time of the whole process', () => {
    const info =
      '# CPU\r\nused_cpu_sys:1.500000\r\nused_cpu_user:2.250000\r\nused_cpu_sys_children:9.0\r\nused_cpu_user_main_thread:2.2\r\n';
    expect(readCpuMs(info)).toBe(3_750);
  });

  it('count calls of scripts, and all commands but the questions for these counters', () => {
    const info =
      '# Commandstats\r\ncmdstat_evalsha:calls=10,usec=100\r\ncmdstat_eval:calls=2,usec=1\r\n' +
      'cmdstat_info:calls=7,usec=1\r\ncmdstat_config|get:calls=1,usec=1\r\ncmdstat_set:calls=30,usec=1\r\n';
    expect(readCommandStats(info)).toEqual({ scripts: 12, commands: 43 });
  });
});
