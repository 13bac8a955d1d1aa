import { appendFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './paths.mjs';
import { say } from './run.mjs';

/** Who prepares this folder: one line for each process that works on it, its id and when it started. */
const LOCK = inRoot('.prepare.lock');
const POLL_MS = 200;

/**
 * Runs `work` while no other process does so in this folder; waits for one that does. The lock of processes
 * that are gone, however they ended, does not count.
 * @param work gets a function that names a child process which holds the lock too: should this process be killed,
 *   whoever comes next waits for the child to end.
 */
export async function withLock(work) {
  for (let told = false; !take(); told = true) {
    if (!told) say(`another process prepares this folder (process id ${firstOwner()}): waiting for it`);
    await sleep(POLL_MS);
  }
  try {
    return await work((pid) => appendFileSync(LOCK, identity(pid)));
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** A hard link appears with its content or not at all, and only where nothing is. */
function take() {
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, identity(process.pid));
  try {
    linkSync(mine, LOCK);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    removeIfStale();
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Moves it aside before it goes, so that a lock which somebody took in the meantime is seen and put back. */
function removeIfStale() {
  const stale = content(LOCK);
  if (stale === undefined || owners(stale).some(isAlive)) return;
  const aside = `${LOCK}.stale.${process.pid}`;
  try {
    renameSync(LOCK, aside);
    if (content(aside) !== stale) linkSync(aside, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

const owners = (text) => text.split('\n').filter((line) => line !== '');
const firstOwner = () => parseInt(content(LOCK) ?? '', 10) || 'unknown';

/** A process as one line. Where /proc tells when it started, an id that came round again is not mistaken for it. */
function identity(pid) {
  const stat = content(`/proc/${pid}/stat`) ?? '';
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${started}\n`;
}

function isAlive(owner) {
  const pid = parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return identity(pid) === `${owner}\n`;
}

function content(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return undefined;
  }
}
