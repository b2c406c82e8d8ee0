import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stacksOf } from './config';
import { differences, normal } from './normal';

const CASES = join(__dirname, '..', '..', '..', 'codegen', 'tests', 'cases');
const cases = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, 'expected', 'zero-etl'))).sort();

/** Which resource of the templates a construct stands for, by the construct's path below its stack. */
const STANDS_FOR: Array<[RegExp, string]> = [
  [/^Source-(.*)\/Table\/Resource$/, 'Table'],
  [/^Target\/Bucket\/Resource$/, 'Bucket'],
  [/^Target\/Bucket\/Policy\/Resource$/, 'BucketPolicy'],
  [/^Target\/Database$/, 'Database'],
  [/^Target\/Role\/Resource$/, 'TargetRole'],
  [/^Target\/Registration$/, 'TargetRegistration'],
  [/^Target\/(LakeLocation|DatabaseGrant|LocationGrant)$/, ''],
  [/^ZeroEtlProvider[^/]*\/LogGroup\/Resource$/, 'ProviderLogGroup'],
  [/^ZeroEtlProvider[^/]*\/Role\/Resource$/, 'ProviderRole'],
  [/^ZeroEtlProvider[^/]*\/Function\/Resource$/, 'ProviderFunction'],
  [/^ZeroEtlProvider[^/]*\/Function\/EventInvokeConfig\/Resource$/, 'ProviderInvokeConfig'],
  [/^Target\/CatalogPolicy\/Resource$/, 'CatalogPolicy'],
  [/^Target\/Table-(.*)\/Resource$/, 'TableProperties'],
  [/^Integration-(.*)\/Resource$/, 'Integration'],
];

/** Ids by what they stand for; what there is once per table is told apart by the table's name. */
function ofConstruct(stack: Stack): (id: string) => string {
  const paths = new Map(stack.node.findAll().map((construct: any) => [
    construct.logicalId === undefined ? '' : stack.resolve(construct.logicalId),
    construct.node.path.slice(stack.node.path.length + 1),
  ]));
  return (id) => {
    const path = paths.get(id) ?? '';
    for (const [pattern, name] of STANDS_FOR) {
      const match = pattern.exec(path);
      if (match !== null) {
        return name === '' ? match[1] : match[1] === undefined ? name : `${name}[${match[1]}]`;
      }
    }
    throw new Error(`the templates have nothing like ${path} (${id})`);
  };
}

function ofTemplate(id: string, resource: any): string {
  const { TableName, SourceArn } = resource.Properties;
  switch (resource.Type) {
    case 'AWS::DynamoDB::GlobalTable': return `Table[${TableName}]`;
    case 'Custom::IntegrationTableProperties': return `TableProperties[${TableName}]`;
    case 'AWS::Glue::Integration': return `Integration[${SourceArn['Fn::Sub'].split(':table/')[1]}]`;
    default: return id;
  }
}

interface Accepted {
  readonly path: string;
  readonly reason: string;
}

describe.each(cases)('%s', (name) => {
  const folder = join(CASES, name);
  const stacks = stacksOf(join(folder, 'zeroetl.toml'));
  const accepted: Record<string, Accepted[]> = JSON.parse(readFileSync(join(__dirname, 'accepted', `${name}.json`), 'utf8'));

  test.each(['source', 'target', 'integration'] as const)('the %s stack equals the template', (kind) => {
    const stack = stacks[kind];
    const place = { account: stack.account, region: stack.region, stackName: stack.stackName };
    const template = JSON.parse(readFileSync(join(folder, 'expected', 'zero-etl', `${kind}.json`), 'utf8'));
    const found = differences(
      normal(template, place, ofTemplate),
      normal(Template.fromStack(stack).toJSON(), place, ofConstruct(stack)),
    );
    const paths = found.map((difference) => difference.slice(0, difference.indexOf(': ')));
    const known = accepted[kind] ?? [];
    expect(found.filter((_, index) => !known.some(({ path }) => path === paths[index]))).toEqual([]);
    // A difference that is gone has to leave the list.
    expect(known.filter(({ path }) => !paths.includes(path)).map(({ path }) => path)).toEqual([]);
    expect(known.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});

test('there is a case for every part of the templates', () => {
  expect(cases).toEqual(expect.arrayContaining(['full', 'hostile-strings', 'kms', 'lake-formation', 'minimal', 'multi-table', 'same-account']));
});
