/** What is to be compared with a password, decoded and found computable. Plain data, so that it goes to a thread. */
export type PasswordHash = Sha512Hash | Pbkdf2Hash | Argon2idHash | BcryptHash;

/** `$6$`: SHA-512 of the password and then the salt, once. */
export interface Sha512Hash {
  readonly scheme: 'sha512';
  readonly salt: Uint8Array;
  /** 64 bytes. */
  readonly hash: Uint8Array;
}

/** `$7$`, the triple of Mosquitto 2.0, and what mosquitto-go-auth writes: PBKDF2 with HMAC. */
export interface Pbkdf2Hash {
  readonly scheme: 'pbkdf2-sha512' | 'pbkdf2-sha256';
  readonly iterations: number;
  readonly salt: Uint8Array;
  /** 64 bytes in Mosquitto's forms; 16 to 64 in those of mosquitto-go-auth. */
  readonly hash: Uint8Array;
}

/** `$argon2id$v=19$`, version 1.3 of RFC 9106, without key and associated data. */
export interface Argon2idHash {
  readonly scheme: 'argon2id';
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** `$2a$`, `$2b$` and `$2y$`, which are the same for the passwords that are compared with it at all. */
export interface BcryptHash {
  readonly scheme: 'bcrypt';
  /** The whole string, always as `$2b$`. */
  readonly encoded: string;
}

/** A stored password as it can be compared, or why none can fit it. */
export type ParsedPassword =
  | { readonly usable: true; readonly hash: PasswordHash }
  | {
      readonly usable: false;
      /** For operators, to stand behind the place: `has an empty salt`. Holds nothing of salt and hash. */
      readonly reason: string;
    };

/** A {@link ParsedPassword} that can be compared. */
export function usable(hash: PasswordHash): ParsedPassword {
  return { usable: true, hash };
}

/** A {@link ParsedPassword} that nothing fits. SECURITY: the reason names parameters, never salt or hash. */
export function unusable(reason: string): ParsedPassword {
  return { usable: false, reason };
}
