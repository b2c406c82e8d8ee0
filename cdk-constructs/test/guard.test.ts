import { App, CfnResource, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULES = readFileSync(join(__dirname, '..', 'rules', 'zeroetl.guard'), 'utf8');
const TOKEN = 'arn:aws:lambda:us-east-1:222222222222:function:provider';
const DATABASE = 'arn:aws:glue:us-east-1:222222222222:database/orders';
const STATEMENT = { Effect: 'Allow', Principal: { AWS: '1' }, Action: 'glue:GetTable', Resource: 'arn:aws:glue:us-east-1:222222222222:catalog' };
const POLICY = 'Custom::GlueResourcePolicy';
const TABLE = 'Custom::IntegrationTableProperties';

function policy(statement: any, rest: any = {}): [string, any] {
  return [POLICY, { ServiceToken: TOKEN, PolicyDocument: { Version: '2012-10-17', Statement: statement }, ...rest }];
}

function table(config: any, rest: any = {}): [string, any] {
  return [TABLE, { ServiceToken: TOKEN, ResourceArn: DATABASE, TableName: 'Orders', TargetTableConfig: config, ...rest }];
}

/** Name, resource, and a part of the message where the resource breaks a rule. */
const CASES: Array<[string, [string, any], string | undefined]> = [
  ['PolicyIsFine', policy([STATEMENT], { Mode: 'Merge', EnableHybrid: 'TRUE', ServiceTimeout: 600 }), undefined],
  ['PolicyAsText', [POLICY, { ServiceToken: TOKEN, PolicyDocument: JSON.stringify({ Statement: [STATEMENT] }) }], undefined],
  ['PolicyWithOneStatement', policy(STATEMENT), undefined],
  ['PolicyWithTokens', policy([{ ...STATEMENT, Sid: { Ref: 'AWS::StackName' }, Resource: { Ref: 'AWS::StackName' } }], { Mode: { Ref: 'AWS::StackName' } }), undefined],
  ['PolicyWithStatementsOfLater', policy([STATEMENT, { Ref: 'AWS::NoValue' }, { 'Fn::Transform': { Name: 'AWS::Include' } }]), undefined],
  ['PolicyWithNothing', policy([STATEMENT], { Mode: '', EnableHybrid: '' }), undefined],
  ['PolicyWithUnknownKey', policy([STATEMENT], { Modus: 'Merge' }), 'the resource knows PolicyDocument, Mode'],
  ['PolicyWithoutDocument', [POLICY, { ServiceToken: TOKEN }], 'PolicyDocument is required'],
  ['PolicyWithoutToken', [POLICY, { PolicyDocument: { Statement: [STATEMENT] } }], 'ServiceToken is required'],
  ['PolicyWithWrongMode', policy([STATEMENT], { Mode: 'merge' }), 'Mode takes Merge, Exclusive'],
  ['PolicyWithWrongHybrid', policy([STATEMENT], { EnableHybrid: 'yes' }), 'EnableHybrid takes true or false'],
  ['PolicyWithLongTimeout', policy([STATEMENT], { ServiceTimeout: 7200 }), 'ServiceTimeout takes 1 to 3600'],
  ['PolicyWithoutPrincipal', policy([{ ...STATEMENT, Principal: undefined }]), 'names whom it is about'],
  ['PolicyForEverything', policy([{ ...STATEMENT, Resource: '*' }]), 'no bare *'],
  ['PolicyWithWrongSid', policy([STATEMENT, { ...STATEMENT, Sid: 'a-b' }]), 'a Sid is letters and digits'],
  ['TableIsFine', table({ UnnestSpec: 'FULL', TargetTableName: 'orders', PartitionSpec: [{ FieldName: 'at', FunctionSpec: 'day', ConversionSpec: 'iso' }] }, { AllowResync: 'true' }), undefined],
  ['TableWithoutConfig', table(undefined, { AdoptExisting: true }), undefined],
  ['TableWithTokens', table({ UnnestSpec: { Ref: 'AWS::StackName' }, PartitionSpec: [{ 'Fn::If': ['C', { FieldName: 'a', FunctionSpec: 'identity' }, { Ref: 'AWS::NoValue' }] }] }), undefined],
  ['TableConfiguredLater', table({ Ref: 'AWS::NoValue' }, { SourceTableConfig: { Ref: 'AWS::NoValue' } }), undefined],
  ['TableWithUnknownKey', table({ Unnest: 'FULL' }), 'TargetTableConfig knows UnnestSpec'],
  ['TableWithWrongUnnest', table({ UnnestSpec: 'toplevel' }), 'UnnestSpec takes TOPLEVEL'],
  ['TableWithWrongName', table({ TargetTableName: 'Orders' }), 'not starting with'],
  ['TableWithoutFunction', table({ PartitionSpec: [{ FieldName: 'at' }] }), 'FunctionSpec is required'],
  ['TableWithManyPartitions', table({ PartitionSpec: Array.from({ length: 11 }, (_, i) => ({ FieldName: `f${i}`, FunctionSpec: 'identity' })) }), 'takes up to 10 items'],
  ['TableOfAnotherService', table(undefined, { ResourceArn: 'arn:aws:s3:::bucket' }), 'An ARN of the Glue service'],
  ['TableWithoutName', table(undefined, { TableName: '' }), 'TableName'],
  ['TableWithWrongFlag', table(undefined, { AdoptExisting: 'perhaps' }), 'AdoptExisting takes true or false'],
];

const HOSTILE = readFileSync(join(__dirname, 'fixtures', 'hostile', 'hostile.guard'), 'utf8');
CASES.push(['HostileIsFine', ['Custom::Hostile', { ServiceToken: TOKEN, PolicyDocument: { Statement: [STATEMENT] } }], undefined]);
CASES.push(['HostileWithUnknownKey', ['Custom::Hostile', { ServiceToken: TOKEN, PolicyDocument: { Statement: [STATEMENT] }, Modus: 1 }], 'the resource knows']);

/** The custom resources of our own templates keep the rules. */
const GENERATOR = join(__dirname, '..', '..', 'codegen', 'tests', 'cases');
const cases = readdirSync(GENERATOR).map((name) => [name, join(GENERATOR, name, 'expected', 'zero-etl', 'target.json')]);
for (const [name, file] of [['product', join(__dirname, '..', '..', 'templates', 'zero-etl', 'target.json')], ...cases]) {
  if (existsSync(file)) {
    const { Resources } = JSON.parse(readFileSync(file, 'utf8'));
    for (const [id, resource] of Object.entries<any>(Resources)) {
      if (resource.Type.startsWith('Custom::')) {
        CASES.push([`${name.replace(/\W/g, '')}${id}`, [resource.Type, resource.Properties], undefined]);
      }
    }
  }
}

/** What the rules say of each resource: one app and one run for all, since the engine takes its time to start. */
function findings(): Map<string, string[]> {
  process.env.CDK_VALIDATION = 'true';
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin({
    guardRules: [{ name: 'zeroetl.guard', content: RULES }, { name: 'hostile.guard', content: HOSTILE }], includeDefaultRules: false,
  }));
  const stack = new Stack(app, 'Stack', { env: { account: '222222222222', region: 'us-east-1' } });
  for (const [name, [type, properties]] of CASES) {
    new CfnResource(stack, name, { type, properties });
  }
  let directory = '';
  try {
    directory = app.synth().directory;
  } catch (error: any) {
    directory = /report can be found in: (.*)\/validation-report\.json/.exec(error.message)![1];
  }
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
  const found = new Map<string, string[]>();
  for (const violation of report.pluginReports.flatMap((it: any) => it.violations)) {
    // Beside an unknown key the engine also lists its neighbours, without a message.
    if (!violation.ruleName.startsWith('custom_') || violation.description.endsWith('Guard check `` failed')) {
      continue;
    }
    for (const place of violation.violatingConstructs ?? violation.occurrences ?? []) {
      const name = place.constructPath.split('/').at(-1);
      found.set(name, [...found.get(name) ?? [], violation.description]);
    }
  }
  return found;
}

const found = findings();

test.each(CASES)('%s', (name, _, message) => {
  expect(found.get(name) ?? []).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});

test('the templates of every case were looked at', () => {
  expect(CASES.filter(([name]) => /CatalogPolicy$/.test(name)).length).toBeGreaterThan(7);
});
