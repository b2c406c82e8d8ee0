import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GlueResourcePolicy, GlueResourcePolicyMode, ZeroEtlProvider } from '../src';
import { app, errors, only, stack, TARGET } from './synth';

const CATALOG = 'arn:aws:glue:us-east-1:222222222222:catalog';

function statement(props: Partial<iam.PolicyStatementProps> = {}): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Share', principals: [new iam.AccountPrincipal('333333333333')], actions: ['glue:GetTable'], resources: [CATALOG], ...props,
  });
}

test('statements added later stand in the document', () => {
  const here = stack();
  const policy = new GlueResourcePolicy(here, 'Policy', { statements: [statement()] });
  policy.addStatement(statement({ sid: 'Later' }));
  const { Properties } = only(here, 'Custom::GlueResourcePolicy');
  expect(Properties.PolicyDocument.Statement.map((it: any) => it.Sid)).toEqual(['Share', 'Later']);
  expect(Properties).toMatchObject({ EnableHybrid: 'TRUE', ServiceTimeout: 600 });
  expect(Properties).not.toHaveProperty('Mode');
});

test('mode and hybrid are written as the provider reads them', () => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy', {
    statements: [statement()], mode: GlueResourcePolicyMode.EXCLUSIVE, enableHybrid: false, serviceTimeout: Duration.minutes(1),
  });
  expect(only(here, 'Custom::GlueResourcePolicy').Properties).toMatchObject({
    Mode: 'Exclusive', EnableHybrid: 'FALSE', ServiceTimeout: 60,
  });
});

test('the provider may write this catalog and nothing else', () => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy', { statements: [statement()] });
  const [{ PolicyDocument: document }] = only(here, 'AWS::IAM::Role').Properties.Policies;
  const actions = document.Statement.flatMap((it: any) => it.Action);
  expect(actions.filter((it: string) => it.startsWith('glue:'))).toEqual([
    'glue:GetResourcePolicy', 'glue:PutResourcePolicy', 'glue:DeleteResourcePolicy',
  ]);
});

test('a policy without a statement is refused', () => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy');
  expect(() => Template.fromStack(here)).toThrow(/no statement; add one with addStatement\(\)/);
});

test('a policy that Glue would find too long is refused with its size', () => {
  const here = stack();
  const policy = new GlueResourcePolicy(here, 'Policy');
  for (let index = 0; index < 80; index += 1) {
    policy.addStatement(statement({ sid: `Share${index}` }));
  }
  expect(() => Template.fromStack(here)).toThrow(/the statements take \d{5} bytes; Glue takes 10240/);
});

test.each([
  ['sid', { sid: 'a b' }, '`a b`'],
  ['principal', { principals: [] }, 'has no principal'],
  ['resource', { resources: ['*'] }, 'has the resource `*`'],
  ['resource', { resources: [] }, 'has no resource'],
])('a statement with a wrong %s is an error with that id', (id, props, message) => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy', { statements: [statement(props)] });
  expect(errors(here)).toEqual([expect.stringContaining(message)]);
  expect(errors(here)[0]).toContain(`zeroetl-cdk:${id}`);
});

test('a Sid stands once', () => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy', { statements: [statement(), statement()] });
  expect(errors(here)).toEqual([expect.stringContaining('two statements have the Sid `Share`')]);
});

test.each([0, 3601])('a service timeout of %d seconds is refused', (seconds) => {
  const here = stack();
  new GlueResourcePolicy(here, 'Policy', { statements: [statement()], serviceTimeout: Duration.seconds(seconds) });
  expect(errors(here)).toEqual([expect.stringContaining('CloudFormation takes 1 to 3600')]);
});

test('tokens are left alone', () => {
  const here = new Stack(app(), 'Anywhere');
  const catalog = here.formatArn({ service: 'glue', resource: 'catalog' });
  new GlueResourcePolicy(here, 'Policy', { statements: [statement({ resources: [catalog] })] });
  expect(errors(here)).toEqual([]);
});

test('a grant on a database to another account lands in the catalog policy', () => {
  const here = stack();
  GlueResourcePolicy.useForGrants(here);
  const database = new glue.CfnDatabase(here, 'Database', { catalogId: here.account, databaseInput: { name: 'shared' } });
  const reader = iam.Role.fromRoleArn(here, 'Reader', 'arn:aws:iam::333333333333:role/reader');
  for (const action of ['glue:GetDatabase', 'glue:GetTable']) {
    iam.Grant.addToPrincipalOrResource({
      grantee: reader,
      actions: [action],
      resourceArns: ['arn:aws:glue:us-east-1:222222222222:database/shared'],
      resource: iam.ResourceWithPolicies.of(database)!,
    });
  }
  const { PolicyDocument } = only(here, 'Custom::GlueResourcePolicy').Properties;
  expect(PolicyDocument.Statement).toHaveLength(2);
  expect(PolicyDocument.Statement[0]).toMatchObject({
    Action: 'glue:GetDatabase',
    Principal: { AWS: 'arn:aws:iam::333333333333:role/reader' },
    Resource: ['arn:aws:glue:us-east-1:222222222222:database/shared', expect.anything()],
  });
  expect(errors(here)).toEqual([]);
});

test('a grant on a table names its database too, without which Glue refuses the reader', () => {
  const here = stack();
  GlueResourcePolicy.useForGrants(here);
  const table = new glue.CfnTable(here, 'Table', { catalogId: here.account, databaseName: 'shared', tableInput: { name: 'orders' } });
  iam.Grant.addToPrincipalOrResource({
    grantee: new iam.AccountPrincipal('333333333333'),
    actions: ['glue:GetTable'],
    resourceArns: [here.formatArn({ service: 'glue', resource: 'table', resourceName: 'shared/orders' })],
    resource: iam.ResourceWithPolicies.of(table)!,
  });
  const [{ Resource }] = only(here, 'Custom::GlueResourcePolicy').Properties.PolicyDocument.Statement;
  const glueArn = (resource: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:glue:us-east-1:222222222222:${resource}`]] });
  expect(Resource).toEqual([glueArn('table/shared/orders'), glueArn('database/shared'), glueArn('catalog')]);
});

test('grants get a policy of their own beside one of another copy of the library', () => {
  const here = stack();
  new Construct(here, 'ZeroEtlCatalogPolicy');
  GlueResourcePolicy.useForGrants(here);
  const database = new glue.CfnDatabase(here, 'Database', { catalogId: here.account, databaseInput: { name: 'shared' } });
  const [one, same] = [1, 2].map(() => {
    const policies = iam.ResourceWithPolicies.of(database)!;
    policies.addToResourcePolicy(statement({ sid: undefined }));
    return policies;
  });
  expect(same).toBe(one);
  expect(only(here, 'Custom::GlueResourcePolicy').Properties.PolicyDocument.Statement).toHaveLength(2);
});

test('nothing is registered without being asked for', () => {
  const here = stack();
  const database = new glue.CfnDatabase(here, 'Database', { catalogId: here.account, databaseInput: { name: 'shared' } });
  expect(iam.ResourceWithPolicies.of(database)).toBeUndefined();
});

test('a provider that is deployed already is used as it is', () => {
  const here = stack();
  const arn = 'arn:aws:lambda:us-east-1:222222222222:function:shared';
  const provider = ZeroEtlProvider.fromFunctionArn(here, 'Provider', arn);
  new GlueResourcePolicy(here, 'Policy', { statements: [statement()], provider });
  const template = Template.fromStack(here);
  template.hasResourceProperties('Custom::GlueResourcePolicy', { ServiceToken: arn });
  template.resourceCountIs('AWS::Lambda::Function', 0);
});

test('attributes are those of the resource', () => {
  const here = stack();
  const policy = new GlueResourcePolicy(here, 'Policy', { statements: [statement()] });
  expect(here.resolve(policy.glueResourcePolicyHash)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Policy/), 'PolicyHash'] });
  expect(here.resolve(policy.glueResourcePolicyOwner)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Policy/), 'Owner'] });
  expect(here.account).toBe(TARGET.account);
});
