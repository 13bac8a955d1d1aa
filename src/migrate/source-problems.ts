import { isMqttText } from '../dynsec/mqtt-text.js';
import { isAclTopic } from '../dynsec/topic.js';

/** Why a text is no user name, as sources are written; or undefined. */
export function usernameProblem(username: string): string | undefined {
  return username === '' ? 'the user name is empty' : undefined;
}

/** Why a text is no topic filter, or undefined. */
export function topicProblem(topic: string): string | undefined {
  if (topic === '') return 'the topic is empty';
  return isAclTopic(topic) ? undefined : `\`${topic}\` is no topic filter`;
}

/** Why no client can have this user name, and no message this topic, or undefined. */
export function textProblem(text: string): string | undefined {
  // U+FFFD stands where a source was not UTF-8.
  return isMqttText(text) && !text.includes('\ufffd') ? undefined : 'this is not UTF-8 as MQTT allows it';
}
