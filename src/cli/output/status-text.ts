import { escapeControls } from '../../dynsec/escape-controls.js';
import type { InstanceStatus } from '../status-schema.js';
import { count } from './count.js';
import { quote } from './visible.js';

/** Sections that have lines of their own. */
const KNOWN = ['instance', 'hashing', 'load', 'storms', 'failures', 'caches', 'redis', 'instances'];
const WIDTH = 10;

/** A status for people: a line for each thing, its section before it. */
export function statusText(status: InstanceStatus): string {
  const { hashing, load } = status;
  const others = Object.entries(status).filter(([name]) => !KNOWN.includes(name));
  return [
    ...section('instance', instanceLines(status)),
    ...section('load', [`event loop ${load.eventLoopLagMs} ms late, ${load.shedding} is shed`]),
    ...section('hashing', [`${hashing.running} running, ${hashing.waiting} waiting`]),
    ...section('caches', Object.entries(status.caches).map(cacheLine)),
    ...section('storms', stormLines(status.storms)),
    ...section('failing', failureLines(status.failures.usernames)),
    ...(status.redis ? section('redis', [redisLine(status.redis)]) : []),
    ...(status.instances ? section('instances', fleetLines(status.instances)) : []),
    ...others.flatMap(([name, value]) => section(name, [escapeControls(JSON.stringify(value))])),
  ].join('');
}

function section(name: string, lines: readonly string[]): readonly string[] {
  const shown = lines.length > 0 ? lines : ['none'];
  return shown.map((line, i) => `${(i === 0 ? name : '').padEnd(WIDTH)}  ${line}\n`);
}

function instanceLines({ instance }: InstanceStatus): readonly string[] {
  const { version, uptimeSeconds, ready, policy } = instance;
  const revision = policy.revision === undefined ? '' : `, revision ${escapeControls(policy.revision)}`;
  return [
    `version ${escapeControls(version)}, up for ${duration(uptimeSeconds)}, ${ready ? 'ready' : 'NOT READY'}`,
    `policy ${escapeControls(policy.state)}${revision}`,
    ...(policy.problem === undefined ? [] : [`PROBLEM: ${escapeControls(policy.problem)}`]),
    ...workerLines(instance),
  ];
}

function workerLines({ workers, silentWorkers = [] }: InstanceStatus['instance']): readonly string[] {
  if (workers === undefined) return [];
  const problems = silentWorkers.map(
    (pid) => `PROBLEM: process ${pid} does not answer, and is not counted in`,
  );
  return [`${count(workers, 'worker')}, which this is one of`, ...problems];
}

/** A section that not every status has. */
type Given<Name extends 'redis' | 'instances'> = NonNullable<InstanceStatus[Name]>;

type Cache = InstanceStatus['caches'][string];

function cacheLine([name, { entries, maxEntries, bytes, hits, misses }]: [string, Cache]): string {
  const asked = hits + misses;
  const share = asked === 0 ? '' : ` (${percent(hits / asked)})`;
  const size = `${entries} of at most ${maxEntries}, ${kilobytes(bytes)}`;
  return `${escapeControls(name)}: ${size}; ${hits} of ${count(asked, 'question')} answered${share}`;
}

function stormLines({ current, recent }: InstanceStatus['storms']): readonly string[] {
  const now = current
    ? [`UNDER WAY since ${current.startedAt}: ${count(current.logins, 'login')} up to now`]
    : [];
  const over = recent.map(
    ({ startedAt, durationSeconds, logins, allowed, rememberedShare, p99Seconds }) =>
      `${startedAt}: ${count(logins, 'login')} in ${durationSeconds.toFixed(1)} s, ${allowed} allowed, ` +
      `${percent(rememberedShare)} remembered, p99 ${(p99Seconds * 1_000).toFixed(0)} ms`,
  );
  return [...now, ...over].map(escapeControls);
}

function failureLines(usernames: InstanceStatus['failures']['usernames']): readonly string[] {
  return usernames.map(
    ({ username, failures, reason }) => `${quote(username)}: ${failures}, last ${escapeControls(reason)}`,
  );
}

function redisLine({ instanceId, contactAgeSeconds, clientsHeld }: Given<'redis'>): string {
  const contact =
    contactAgeSeconds === null ? 'NO CONTACT yet' : `contact ${contactAgeSeconds.toFixed(1)} s ago`;
  return `${contact}, ${count(clientsHeld, 'client')} held, this is instance ${escapeControls(instanceId)}`;
}

function fleetLines({ instances, problem }: Given<'instances'>): readonly string[] {
  const lines = instances.map(({ id, version, revision, host, pid, lagSeconds }) => {
    const lag =
      lagSeconds === null ? 'at a revision that is not known here' : `${lagSeconds.toFixed(1)} s behind`;
    return `${id}: version ${version}, process ${pid} on ${host}, ${lag}, revision ${revision || 'none yet'}`;
  });
  return [...lines, ...(problem === undefined ? [] : [`PROBLEM: ${problem}`])].map(escapeControls);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function kilobytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The two largest units. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
