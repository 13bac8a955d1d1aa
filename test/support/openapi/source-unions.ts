/** What the types of the source say, which is gone when it runs: read from its text. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

/**
 * The words of a union of literals: `literalsOf('src/gate/ports.ts', 'Health.policy.state')` for a member of an
 * interface, or the name of a type. @throws Error where that is anything but literals, so that none is missed.
 */
export function literalsOf(file: string, name: string): readonly string[] {
  const [first = '', ...members] = name.split('.');
  const declared = typeOf(statementNamed(file, first));
  const type = members.reduce((holder, member) => memberOf(holder, member), declared);
  const parts = ts.isTypeNode(type) && ts.isUnionTypeNode(type) ? [...type.types] : [type];
  return parts.map((part) => {
    if (ts.isTypeNode(part) && ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal)) {
      return part.literal.text;
    }
    throw new Error(`${file}: \`${name}\` is not a union of literals`);
  });
}

/** The members of a constant object whose values are numbers: `STATUS` of `{ not_found: 404 } as const`. */
export function numbersOf(file: string, name: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isNumericLiteral(node.initializer)) {
      numbers.set(node.name.getText(), Number(node.initializer.text));
    }
    ts.forEachChild(node, visit);
  };
  visit(statementNamed(file, name));
  if (numbers.size === 0) throw new Error(`${file}: \`${name}\` has no numbers`);
  return numbers;
}

function statementNamed(file: string, name: string): ts.Statement {
  const source = ts.createSourceFile(file, readFileSync(resolve(file), 'utf8'), ts.ScriptTarget.ES2023, true);
  const found = source.statements.find((statement) => namesOf(statement).includes(name));
  if (!found) throw new Error(`${file}: there is no \`${name}\``);
  return found;
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
  }
  return ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement)
    ? [statement.name.text]
    : [];
}

function typeOf(statement: ts.Statement): ts.Node {
  return ts.isTypeAliasDeclaration(statement) ? statement.type : statement;
}

function memberOf(holder: ts.Node, name: string): ts.Node {
  const members = ts.isInterfaceDeclaration(holder) || ts.isTypeLiteralNode(holder) ? holder.members : [];
  for (const member of members) {
    if (ts.isPropertySignature(member) && member.name.getText() === name && member.type) return member.type;
  }
  throw new Error(`there is no member \`${name}\` in \`${holder.getText().slice(0, 80)}\``);
}
