import type { ServeCommand, ServedService } from './serve.js';

/** What is printed when the service listens: where, and what to try next. */
export function writeBanner(
  { url, file, newPasswords }: ServedService,
  { version, isTerminal }: Pick<ServeCommand, 'version' | 'isTerminal'>,
): string {
  const lines = [`gatehouse ${version} listens on ${url} and serves ${file}`];
  if (newPasswords && isTerminal) {
    lines.push(
      '',
      `${file} is new. Its two clients have these passwords, which are shown this once:`,
      `  admin       ${newPasswords.admin}`,
      `  democlient  ${newPasswords.democlient}`,
    );
  } else if (newPasswords) {
    lines.push(`${file} is new; the passwords of its clients, admin and democlient, are in ${file}.pw`);
  }
  return [...lines, ...suggest(url), ''].join('\n');
}

function suggest(url: string): readonly string[] {
  const check = '{"username":"admin","clientid":"c1","topic":"$SYS/broker/uptime","acc":1}';
  const question = '{"username":"admin","clientid":"c1","topic":"a/b","access":"publish"}';
  return [
    '',
    'Try next:',
    '  what a broker asks: may admin receive this?',
    `    curl -s ${url}/auth/acl -H 'Content-Type: application/json' -d '${check}'`,
    '  why not? (asks for the password of admin)',
    `    curl -s -u admin ${url}/v1/explain -H 'Content-Type: application/json' -d '${question}'`,
  ];
}
