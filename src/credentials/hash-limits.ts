/*
 * How much work a hash from outside may ask for: a thread is held for a second or two at the most, on a machine half
 * as fast as the one on which the figures were taken, and well within the broker's patience of 5 s. Whatever asks
 * for more is unusable, with its reason. Figures: one thread, Node 20, x86-64.
 */

/** 0.8 s. Ten times what is recommended today (210,000), and 2,000 times what Mosquitto writes. */
export const PBKDF2_ITERATIONS_MAX = 2_000_000;

/**
 * 256 MiB, which every thread may need at the same time: the most that a common preset asks for (libsodium's
 * `MODERATE`); Mosquitto takes 46 MiB.
 */
export const ARGON2_MEMORY_KIB_MAX = 262_144;

/** Memory in KiB times passes, which is the work whatever the parallelism: 0.8 to 1 s at the largest memory. */
export const ARGON2_KIB_PASSES_MAX = 1_048_576;

/** Lanes. They share the work among threads that are not the pool's own; nobody's preset has more than 4. */
export const ARGON2_PARALLELISM_MAX = 16;

/** Below 64 bits Argon2 itself refuses a salt. */
export const ARGON2_SALT_BYTES_MIN = 8;

/** 128 bits: a shorter hash could be met by chance. */
export const ARGON2_HASH_BYTES_MIN = 16;

/** The longest in the PHC string format, and what Mosquitto writes. */
export const ARGON2_HASH_BYTES_MAX = 64;

/** The least that bcrypt knows. */
export const BCRYPT_COST_MIN = 4;

/** 0.8 s; each step doubles it. */
export const BCRYPT_COST_MAX = 14;

/** All that bcrypt reads of a password, in bytes of UTF-8. */
export const BCRYPT_PASSWORD_BYTES_MAX = 72;

/** What SHA-512 and PBKDF2-HMAC-SHA512 yield; Mosquitto takes nothing else. */
export const SHA512_BYTES = 64;

/** What SHA-256 yields. */
export const SHA256_BYTES = 32;

/** 128 bits, as for Argon2: mosquitto-go-auth takes any length that it is configured for. */
export const GO_AUTH_HASH_BYTES_MIN = 16;
