import type { Entry } from './entry.ts';

/** Telling others. The detail names the target. */
export const notify = {
  TargetRoleMissing: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The app’s token for the API lacks the app role',
    cause:
      'A token is issued without the role too, and the API would refuse it, so nothing was sent. A managed identity’s token shows a new role only after up to 24 hours.',
    fix: 'npm run keyless -- grant app-role --api <App ID URI> --role <app role> --principal <object id of the app’s identity>',
  },
  TargetForbidden: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The target refused the app’s identity',
    cause:
      'It answered 401 or 403 to a fresh token: the identity has no role there, or the scope is of another API.',
    fix: 'For an API compare scope and role in NOTIFY with its registration; for a topic: npm run keyless -- grant topic --scope <topic id> --app <function app id>; for mail: npm run keyless -- grant mail --scope <communication service id> --app <function app id>',
  },
  TargetRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The target does not take what it was told',
    cause: 'It answered with a status that sending the same again does not mend.',
    fix: 'Check the address in NOTIFY and what the target expects; then: npm run keyless -- retry --notifications',
  },
  TargetRedirected: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The target’s address leads elsewhere',
    cause:
      'It answered with a redirect. None is followed: a token would go to another host, and a POST would become an empty GET.',
    fix: 'Put the final address into NOTIFY; then: npm run keyless -- retry --notifications',
  },
  TargetPrivate: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The target’s name leads into a private network',
    cause:
      'The address is one of this machine, of a private network or reserved, which NOTIFY does not allow for this target. Nothing was sent.',
    fix: 'Where that is meant (a private endpoint), add "private": true to the target in NOTIFY; then: npm run keyless -- retry --notifications',
  },
  TargetUnreachable: {
    status: 502,
    fault: 'service',
    transient: true,
    title: 'The target cannot be reached',
    cause:
      'The connection was refused or broken off, its certificate is not trusted, or the host name is not known.',
    fix: 'Check the address in NOTIFY: curl -I <address>. It is tried again by itself for some hours.',
  },
  TargetTimeout: {
    status: 504,
    fault: 'service',
    transient: true,
    title: 'The target did not answer in time',
    cause: 'No answer came within ten seconds.',
    fix: 'Nothing to do: it is tried again. What takes longer belongs behind a queue of the target’s own.',
  },
  TargetBusy: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The target asks for a pause',
    cause: 'It answered 429, or the sending limit of the mail domain is used up.',
    fix: 'Nothing to do: it is told after the time it asked for.',
  },
  TargetFailing: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The target has trouble',
    cause: 'It answered with a server error.',
    fix: 'Look at its log; it is tried again by itself for some hours.',
  },
  MailDomainNotLinked: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The sender’s domain is not linked to Communication Services',
    cause: 'The address in "from" is of a domain that this resource may not send for.',
    fix: 'az communication update --name <communication service> --resource-group <group> --linked-domains <id of the email domain>',
  },
  MailDropped: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The mail was taken, and then dropped',
    cause:
      'Communication Services accepted it and reported a failure later, as for recipients on its suppression list.',
    fix: 'Compare "recipients" in NOTIFY with the suppression list of the email domain.',
  },
} as const satisfies Record<string, Entry>;
