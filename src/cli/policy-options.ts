import { Option } from 'commander';
import type { PolicyFlags } from './command-surroundings.js';

/** `--allow-anonymous`: as GATEHOUSE_ALLOW_ANONYMOUS does for the service. */
export function allowAnonymousOption(): Option {
  return new Option('--allow-anonymous', 'clients without a user name are served (default: as serve does)');
}

/** `--shared-subscriptions`: as GATEHOUSE_SHARED_SUBSCRIPTIONS does for the service. */
export function sharedSubscriptionsOption(): Option {
  return new Option(
    '--shared-subscriptions <mode>',
    'how $share/group/filter is decided: dynsec or filter (default: as serve does)',
  );
}

/** What was given of these, as settings. */
export function policyFlags(options: {
  readonly allowAnonymous?: true;
  readonly sharedSubscriptions?: string;
}): PolicyFlags {
  return {
    ...(options.allowAnonymous ? { allowAnonymous: 'true' } : {}),
    ...(options.sharedSubscriptions === undefined
      ? {}
      : { sharedSubscriptions: options.sharedSubscriptions }),
  };
}
