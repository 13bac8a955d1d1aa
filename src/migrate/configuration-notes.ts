import type { Acl, Configuration } from '../dynsec/entities.js';
import { EVERY_CLIENT } from './build-configuration.js';
import type { Findings } from './findings.js';
import { count, listNames } from './findings.js';

/** Notes who cannot log in with a password, for want of one in the source. */
export function noteMissingPasswords(usernames: readonly string[], findings: Findings): void {
  if (usernames.length === 0) return;
  findings.note(
    '',
    `no password was found for ${count(usernames.length, 'client')}: ${listNames(usernames)}; ` +
      'its rules are there, for a login by certificate, say',
  );
}

/** Notes what is to be known of a configuration, whatever it was made of. */
export function noteConfiguration(configuration: Configuration, findings: Findings): void {
  const acls = [...configuration.roles.values()].flatMap((role) => role.acls);
  const braced = acls.filter(({ topic }) => /%\{[A-Za-z]/.test(topic));
  if (braced.length > 0) {
    findings.note(
      '',
      `topics with \`%{...}\`, which Gatehouse reads and Mosquitto does not: ${count(braced.length, 'ACL')}`,
    );
  }
  const superusers = [...configuration.clients.values()].filter(({ superuser }) => superuser);
  if (superusers.length > 0) {
    const names = listNames(superusers.map(({ username }) => username));
    findings.note('', `superusers, which Gatehouse knows and Mosquitto does not: ${names}`);
  }
  if (configuration.groups.has(EVERY_CLIENT)) {
    findings.note(
      '',
      `a client that is added later has the common rules once it is in the group \`${EVERY_CLIENT}\``,
    );
  }
  if (superusers.length === 0 && !acls.some(mayAdminister)) findings.note('', NOBODY_ADMINISTERS);
}

const NOBODY_ADMINISTERS =
  'nobody in it may administer: use GATEHOUSE_ADMIN_TOKEN, or give somebody a role that publishes to ' +
  '`$CONTROL/dynamic-security/#`';

function mayAdminister({ acltype, topic, allow }: Acl): boolean {
  return allow && acltype === 'publishClientSend' && topic.startsWith('$CONTROL/');
}
