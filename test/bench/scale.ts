/**
 * The deployed system at 10 to 10,000 pictures a second, on paper and second by second: what is needed, where queues
 * build up, what a million pictures cost. `node test/bench/scale.ts`; every assumption can be given anew: --storage 40000.
 */
import { parseArgs } from 'node:util';

const ASSUMED = {
  /** Calls a second that an account takes, less the pace’s headroom (docs/performance.md). */
  account: 19.2,
  /** Pictures a second one instance of 2,048 MB and one core scores by the service, by its event loop and decoding: npm run bench. */
  byService: 60,
  /** The same with an export of some MB, decoding included: npm run bench. */
  byExport: 40,
  /** Most instances of an app: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
  instances: 1_000,
  /** Seconds until the platform has doubled the instances of a trigger that falls behind. */
  doubling: 30,
  /** Requests a second to a storage account: https://learn.microsoft.com/azure/storage/common/scalability-targets-standard-account */
  storage: 20_000,
  /** Of one picture: looked at, document looked for, claimed and let go, written; counted by npm run bench. */
  requests: 8,
  /** List prices in dollars, of the pricing pages; yours may differ: 1,000 predictions, a GB-second, a million executions, 10,000 requests. */
  prediction: 2,
  gigabyteSecond: 0.000026,
  executions: 0.4,
  storageRequests: 0.02,
};
const options = Object.fromEntries(Object.keys(ASSUMED).map((name) => [name, { type: 'string' as const }]));
const { values } = parseArgs({ options });
const assumed = Object.fromEntries(
  Object.entries(ASSUMED).map(([name, figure]) => [name, Number(values[name] ?? figure)]),
) as typeof ASSUMED;

const MINUTES = 10;
const GIGABYTES = 2;

type Way = { name: string; perInstance: number; accounts: (rate: number) => number };
const WAYS: Way[] = [
  { name: 'the service, one account', perInstance: assumed.byService, accounts: () => 1 },
  {
    name: 'the service, accounts enough',
    perInstance: assumed.byService,
    accounts: (rate) => Math.ceil(rate / assumed.account),
  },
  { name: 'an export in the app', perInstance: assumed.byExport, accounts: () => 0 },
];

/** The walls of a way in pictures a second, the narrowest decides. */
const wallsOf = ({ perInstance, accounts }: Way, rate: number): Record<string, number> => ({
  ...(accounts(rate) > 0 && { 'the account’s rate': accounts(rate) * assumed.account }),
  'the storage account': assumed.storage / assumed.requests,
  'the most instances': assumed.instances * perInstance,
});

/** A seeded lot, so that two runs say the same: Park and Miller’s generator. */
function createLot(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** How many come in a second, by the normal approximation of Poisson’s distribution. */
const arrivals = (rate: number, lot: () => number): number =>
  Math.max(
    0,
    Math.round(rate + Math.sqrt(rate) * Math.sqrt(-2 * Math.log(lot())) * Math.cos(2 * Math.PI * lot())),
  );

function simulate(way: Way, rate: number) {
  const lot = createLot();
  const wall = Math.min(...Object.values(wallsOf(way, rate)));
  let [instances, queue, done, mostInstances] = [1, 0, 0, 1];
  const waits: number[] = [];
  for (let second = 0; second < MINUTES * 60; second += 1) {
    queue += arrivals(rate, lot);
    const capacity = Math.min(instances * way.perInstance, wall);
    const taken = Math.min(queue, capacity);
    queue -= taken;
    done += taken;
    waits.push(queue / capacity);
    const behind = queue > capacity && instances * way.perInstance < wall;
    if (behind && second % assumed.doubling === assumed.doubling - 1) {
      instances = Math.min(assumed.instances, instances * 2, Math.ceil(wall / way.perInstance));
    }
    mostInstances = Math.max(mostInstances, instances);
  }
  const late = waits.slice(-60).toSorted((a, b) => a - b);
  return {
    instances: mostInstances,
    queue,
    perSecond: done / MINUTES / 60,
    waitSeconds: late[57] ?? 0,
    wall,
  };
}

/** Of a million pictures, without what is free; `perSecond`: what an instance really does, with the wall in its way. */
function costOf(way: Way, perInstance: number): number {
  const million = 1_000_000;
  const predictions = way.accounts(1) > 0 ? (million / 1_000) * assumed.prediction : 0;
  const computing = (million / perInstance) * GIGABYTES * assumed.gigabyteSecond + assumed.executions;
  const storage = ((million * assumed.requests) / 10_000) * assumed.storageRequests;
  return predictions + computing + storage;
}

console.log(
  '| pictures a second | way | accounts | instances | scored a second | waiting after 10 minutes | p95 wait then | it builds up at | a million costs |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const rate of [10, 100, 1_000, 10_000]) {
  for (const way of WAYS) {
    const { instances, queue, perSecond, waitSeconds, wall } = simulate(way, rate);
    const [narrowest = ''] = Object.entries(wallsOf(way, rate)).find(([, figure]) => figure === wall) ?? [];
    const grows = waitSeconds > 5;
    const cost = costOf(way, Math.min(way.perInstance, wall / instances));
    const cells = [
      rate.toLocaleString('en'),
      way.name,
      way.accounts(rate) || '–',
      instances.toLocaleString('en'),
      Math.round(perSecond).toLocaleString('en'),
      Math.round(queue).toLocaleString('en'),
      waitSeconds < 1 ? 'under 1 s' : `${Math.round(waitSeconds).toLocaleString('en')} s`,
      grows ? (wall < rate ? narrowest : 'the first minutes, until instances come') : 'nowhere',
      `$${Math.round(cost).toLocaleString('en')}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
