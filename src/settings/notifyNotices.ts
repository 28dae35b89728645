import type { Model } from './models.ts';
import type { Rule, When } from './notify.ts';

/** Sends of an hour: https://learn.microsoft.com/azure/communication-services/concepts/service-limits#rate-limits-for-email */
const HOURLY = { managed: 10, custom: 100 } as const;

/** What of NOTIFY is no fault, but cannot be meant: rules that never match, and mail that its domain cannot send so often. */
export function notifyNotices(
  rules: readonly Rule[],
  models: readonly Model[],
  imagesContainer: string,
  reconcileSchedule: string | undefined,
): string[] {
  const never = rules.flatMap(({ when }, index) => {
    const why = whyNever(when, models, imagesContainer);
    return why ? [`NOTIFY[${index}] never matches: ${why}`] : [];
  });
  const often = (['managed', 'custom'] as const).flatMap((domain) => {
    const mails = rules.filter(({ to }) => to.kind === 'mail' && to.domain === domain);
    const hourly = mails.reduce((sum, { periodMs }) => sum + 3_600_000 / periodMs, 0);
    return hourly > HOURLY[domain]
      ? [
          `NOTIFY: up to ${Math.round(hourly)} mails an hour, and a ${domain} domain sends ${HOURLY[domain]}: digests will be later than their period, and longer`,
        ]
      : [];
  });
  const unwatched =
    rules.length > 0 && !reconcileSchedule
      ? ['NOTIFY without RECONCILE_SCHEDULE: what a host that died has not told, nobody looks for']
      : [];
  return [...never, ...often, ...unwatched];
}

function whyNever(when: When, models: readonly Model[], imagesContainer: string): string | undefined {
  const known = models.map(({ name }) => name);
  const named = models.filter(({ name }) => when.models?.includes(name) ?? true);
  if (when.models && named.length === 0) {
    return `there is no model ${when.models.join(' or ')}; there are ${known.join(', ')}`;
  }
  if (when.probability !== undefined && when.uncertain && when.probability > when.uncertain[1]) {
    return `no prediction is at least ${when.probability} and at most ${when.uncertain[1]}`;
  }
  const { paths } = when;
  if (paths?.every((path) => path.startsWith(`${imagesContainer}/`))) {
    return `names do not begin with the container’s own, ${imagesContainer}/`;
  }
  // of what goes to no model there is a failed document, and nothing else
  const scored = when.models ?? when.tags ?? when.probability ?? when.uncertain;
  const taken = named.flatMap((model) => model.paths);
  if (
    paths &&
    (scored !== undefined || when.status === 'succeeded') &&
    !paths.some((path) => taken.some((each) => mayMeet(path, each)))
  ) {
    return `no picture of ${paths.join(', ')} goes to ${named.map(({ name }) => name).join(' or ')}`;
  }
  return undefined;
}

/** Whether some name may match both patterns: false only where what stands before their first signs already differs. */
function mayMeet(one: string, other: string): boolean {
  const [a = '', b = ''] = [one, other].map((pattern) => pattern.split(/[*?[{]/u, 1)[0]);
  return a.startsWith(b) || b.startsWith(a);
}
