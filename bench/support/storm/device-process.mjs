/** A part of the devices of a storm, as a process of its own: it does as its parent says, by messages. */
import { MqttDevice } from './mqtt-device.mjs';

const tally = { noBroker: 0, closed: 0, denied: 0, unanswered: 0 };
const devices = [];

const ORDERS = {
  start: ({ identities }) => devices.push(...identities.map((identity) => new MqttDevice(identity, tally))),
  /** A storm begins. */
  mark: () => {
    for (const device of devices) device.forget();
    for (const why of Object.keys(tally)) tally[why] = 0;
  },
  look: () => devices.reduce((sum, { backAt }) => sum + (backAt === undefined ? 0 : 1), 0),
  tell: () => ({ tally, devices: devices.map(({ backAt, answerMs }) => ({ backAt, answerMs })) }),
};

process.on('message', ({ id, order, ...rest }) => {
  process.send({ id, answer: ORDERS[order](rest) });
});
process.once('disconnect', () => {
  for (const device of devices) device.close();
});
