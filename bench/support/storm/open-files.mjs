import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process has open beside the connections of its devices. */
const OTHERS = 200;

/**
 * Sees to it that processes started from here may have so many connections each. Where that is not allowed it says so.
 * @returns how many connections they may have.
 */
export function allowConnections(wanted) {
  const files = wanted + OTHERS;
  if (hardLimit() < files) raise(files);
  // Node.js itself takes all that it may have, and its children inherit it.
  const allowed = Math.min(wanted, hardLimit() - OTHERS);
  if (allowed < wanted) {
    console.log(`open files are limited to ${hardLimit()}: ${allowed} connections a process, not ${wanted}`);
  }
  return allowed;
}

function hardLimit() {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return hard === 'unlimited' ? Infinity : Number(hard);
}

function raise(files) {
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${files}:${files}`], {
      stdio: 'ignore',
    });
  } catch {
    // Who is not root may not; the limit is looked at again.
  }
}
