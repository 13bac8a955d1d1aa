import type { Finding } from '../dynsec/document/finding.js';
import { describeFinding } from '../dynsec/document/finding.js';
import { escapeControls } from '../dynsec/escape-controls.js';
import type { Logger } from './log.js';
import type { Metrics, RealmContents } from './metrics.js';

/** How many warnings of one document are written down one by one. */
const MAX_WARNINGS = 20;

/** A state of the realm that was taken over. */
export interface TakenState {
  readonly revision: string;
  readonly configuration: RealmContents;
  readonly warnings: readonly Finding[];
  readonly durationMs: number;
}

/** Writes down what becomes of the document, and counts it. */
export class PolicyTelemetry {
  constructor(
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  /** A state was taken over. */
  loaded({ revision, configuration, warnings, durationMs }: TakenState): void {
    this.metrics.policyLoaded(revision, configuration);
    for (const finding of warnings.slice(0, MAX_WARNINGS))
      this.log.warn(escapeControls(describeFinding(finding)));
    const more = warnings.length - MAX_WARNINGS;
    if (more > 0) this.log.warn({ more }, 'more entries of the document are not as they should be');
    const { clients, groups, roles } = configuration;
    const sizes = { clients: clients.size, groups: groups.size, roles: roles.size };
    this.log.info({ revision, ...sizes, ms: Math.round(durationMs) }, 'policy taken over');
  }

  /** A state was refused; the last good one goes on serving. */
  refused(problem: Error): void {
    this.metrics.policyRefused();
    this.log.error(
      { problem: escapeControls(problem.message) },
      'policy refused: the last good one serves on',
    );
  }
}
