import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnHostile } from './fixtures/hostile/cfn-hostile';
import { GlueResourcePolicyMode } from './fixtures/hostile/choices';
import { STACK, tableExport } from './fixtures/hostile/source-body';

// What the emitters make of text that wants to be code. `npm run typecheck` compiles it as well.
const { text } = JSON.parse(readFileSync(join(__dirname, 'fixtures', 'hostile', 'text.json'), 'utf8'));

test('the fixture has what could break out', () => {
  for (const piece of ["'", '"', '`', '${', '*/', '>>', '\n@', '007', 'ö', '\u2028', '\\']) {
    expect(text).toContain(piece);
  }
});

test('every text comes back as it was', () => {
  const statement = tableExport({ account: '123' })[0].toStatementJson();
  expect(STACK.description).toBe(text);
  expect(statement.Resource).toBe(`${text}123${text}`);
  expect(statement.Condition).toEqual({ StringEquals: { [text]: text } });
});

test('a construct with hostile documents works as any other', () => {
  const stack = new Stack(new App(), 'Stack');
  new CfnHostile(stack, 'Hostile', { serviceToken: text, policyDocument: { Statement: [text] }, mode: GlueResourcePolicyMode.MERGE });
  Template.fromStack(stack).hasResourceProperties('Custom::Hostile', {
    ServiceToken: text, PolicyDocument: { Statement: [text] }, Mode: 'Merge',
  });
});
