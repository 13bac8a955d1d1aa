/** How many lines a key gets in one window; what comes beyond is counted. */
const LINES_PER_WINDOW = 5;
const WINDOW_MS = 10_000;
/** How many keys are told apart in one window: what is kept stays bounded, whoever asks. */
const MAX_KEYS = 10_000;

/** Lets so many lines into the log that somebody reads them: of each key some, and of the others how many there were. */
export class LineLimit {
  #windowEnds = 0;
  #lines = new Map<string, number>();
  #suppressed = 0;

  /** @param suppressed is told how many lines were not let in, when the next window begins. */
  constructor(
    private readonly suppressed: (count: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether a line may be written. */
  admit(key: string): boolean {
    if (this.now() >= this.#windowEnds) this.#startWindow();
    const lines = this.#lines.get(key) ?? 0;
    const isKnown = lines > 0 || this.#lines.size < MAX_KEYS;
    if (!isKnown || lines >= LINES_PER_WINDOW) {
      this.#suppressed++;
      return false;
    }
    this.#lines.set(key, lines + 1);
    return true;
  }

  #startWindow(): void {
    if (this.#suppressed > 0) this.suppressed(this.#suppressed);
    this.#suppressed = 0;
    this.#lines = new Map();
    this.#windowEnds = this.now() + WINDOW_MS;
  }
}
