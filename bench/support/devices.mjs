import { pbkdf2Sync } from 'node:crypto';
import { Connection } from './connection.mjs';

/** Of all devices. What is remembered of a login is under its user name, whatever the password. */
export const PASSWORD = 'the password of all devices';

/** What a login costs where it is not remembered: a tenth of a millisecond, as Mosquitto 2.0 stores it. */
export const QUICK_HASH = quickHash();

/** A realm of jailed devices. @param stored the hash of {@link PASSWORD}. */
export function deviceRealm(names, stored) {
  const acl = (acltype) => ({ acltype, topic: 'devices/%u/#', priority: 0, allow: true });
  const types = ['publishClientSend', 'publishClientReceive', 'subscribePattern'];
  return {
    clients: names.map((username) => ({
      username,
      encoded_password: stored,
      roles: [{ rolename: 'jail' }],
    })),
    groups: [],
    roles: [{ rolename: 'jail', acls: types.map(acl) }],
  };
}

/** So many user names that begin alike. */
export function deviceNames(count, start = 'device') {
  return Array.from({ length: count }, (_, i) => `${start}${String(i).padStart(6, '0')}`);
}

export function loginBody(username, password = PASSWORD) {
  return JSON.stringify({ username, password, clientid: `${username}-client` });
}

/** @param acc as the plugin has it: 2 to publish, 4 to subscribe. */
export function aclBody(username, acc) {
  const topic = acc === 4 ? `devices/${username}/commands/#` : `devices/${username}/state`;
  return JSON.stringify({ acc, clientid: `${username}-client`, topic, username });
}

/**
 * Devices come back over brokers, each of which has one call in flight: a user check, a subscription and a first
 * publication for each device. A broker asks the instance whose turn it is, always the same one.
 * @param loginsOnly leaves the ACL checks out.
 * @returns how long it took, how long each call, and how many were not allowed.
 */
export async function reconnect({ urls, names, brokers, loginsOnly = false }) {
  const connections = await Promise.all(
    Array.from({ length: brokers }, (_, i) => Connection.open(urls[i % urls.length])),
  );
  const times = [];
  let refused = 0;
  let next = 0;
  const call = async (connection, path, body) => {
    const startedAt = performance.now();
    const status = await connection.post(path, body);
    times.push(performance.now() - startedAt);
    if (status !== 200) refused++;
  };
  const serve = async (connection) => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      await call(connection, '/auth/user', loginBody(name));
      if (loginsOnly) continue;
      await call(connection, '/auth/acl', aclBody(name, 4));
      await call(connection, '/auth/acl', aclBody(name, 2));
    }
  };
  const startedAt = performance.now();
  await Promise.all(connections.map(serve));
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of connections) connection.close();
  return { seconds, perSecond: times.length / seconds, times, refused };
}

function quickHash() {
  const salt = Buffer.from('twelve bytes');
  const hash = pbkdf2Sync(PASSWORD, salt, 101, 64, 'sha512');
  return `$7$101$${salt.toString('base64')}$${hash.toString('base64')}`;
}
