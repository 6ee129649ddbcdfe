import { inject } from 'vitest';
import { describeFeedConformance } from './feed-conformance.ts';
import { openTwoBackings } from './two-backings.ts';

describeFeedConformance('on Redis', () => openTwoBackings(inject('redisUrl')));
