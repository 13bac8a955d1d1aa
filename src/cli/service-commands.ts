import type { Command } from 'commander';
import { createCachesCommand } from './caches.js';
import { createChangesCommand } from './changes.js';
import type { ClientSurroundings } from './client-surroundings.js';
import { createDynsecCommand } from './dynsec/dynsec-command.js';
import { createExportCommand } from './export.js';
import { createImportCommand } from './import.js';
import { createStatusCommand } from './status.js';
import { createTouchCommand } from './touch.js';

/** The commands that speak to a running service. */
export function createServiceCommands(surroundings: ClientSurroundings): readonly Command[] {
  return [
    createDynsecCommand(surroundings),
    createImportCommand(surroundings),
    createExportCommand(surroundings),
    createChangesCommand(surroundings),
    createTouchCommand(surroundings),
    createStatusCommand(surroundings),
    createCachesCommand(surroundings),
  ];
}
