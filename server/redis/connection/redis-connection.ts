import type { Cluster, Redis } from 'ioredis';

/** A Redis as its users see it: one server (alone, or behind Sentinel), or a cluster. */
export type RedisConnection = Redis | Cluster;
