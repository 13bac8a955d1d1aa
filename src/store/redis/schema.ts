/** The version of how a realm is laid out in Redis: `docs/redis-schema.md`. */
export const SCHEMA = '1';
