import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { GlueResourcePolicy, UnnestSpec, ZeroEtlTarget, ZeroEtlTargetProps } from '../src';
import { app, errors, only, SOURCE, stack, TARGET } from './synth';

function target(at: Stack, props: Partial<ZeroEtlTargetProps> = {}): ZeroEtlTarget {
  return new ZeroEtlTarget(at, 'Target', {
    sourceAccount: SOURCE.account, databaseName: 'orders', tables: [{ tableName: 'Orders' }], ...props,
  });
}

test('what holds data is kept, what is a setting goes', () => {
  const at = stack();
  target(at);
  expect(only(at, 'AWS::S3::Bucket').DeletionPolicy).toBe('RetainExceptOnCreate');
  expect(only(at, 'AWS::Glue::Database').DeletionPolicy).toBe('RetainExceptOnCreate');
  for (const type of ['Custom::GlueResourcePolicy', 'Custom::IntegrationTableProperties', 'AWS::Glue::IntegrationResourceProperty']) {
    expect(only(at, type)).not.toHaveProperty('DeletionPolicy');
  }
});

test('the bucket is encrypted, closed to the public, and takes TLS only', () => {
  const at = stack();
  target(at);
  const template = Template.fromStack(at);
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
  });
});

test('table properties wait for all that an integration uses, and so go before it', () => {
  const at = stack();
  target(at, { lakeFormationManaged: true });
  const properties = only(at, 'Custom::IntegrationTableProperties');
  const waits = properties.DependsOn.map((id: string) => Template.fromStack(at).toJSON().Resources[id].Type);
  expect(waits.sort()).toEqual([
    'AWS::Glue::IntegrationResourceProperty', 'AWS::LakeFormation::PrincipalPermissions', 'AWS::LakeFormation::PrincipalPermissions',
    'AWS::Lambda::EventInvokeConfig', 'AWS::S3::BucketPolicy', 'Custom::GlueResourcePolicy',
  ]);
});

test('a table that is added later is let in by the same two statements', () => {
  const at = stack();
  target(at).addTable({ tableName: 'Returns', unnestSpec: UnnestSpec.FULL });
  const { PolicyDocument } = only(at, 'Custom::GlueResourcePolicy').Properties;
  expect(PolicyDocument.Statement).toHaveLength(2);
  for (const statement of PolicyDocument.Statement) {
    expect(statement.Condition.StringEquals['aws:SourceArn']).toHaveLength(2);
  }
  Template.fromStack(at).resourceCountIs('Custom::IntegrationTableProperties', 2);
});

test.each([
  ['given', [{ tableName: 'Orders', targetTableName: 'all' }, { tableName: 'Returns', targetTableName: 'all' }], 'Returns', 'all'],
  ['made by Glue', [{ tableName: 'Order-Items' }, { tableName: 'order.items' }], 'order.items', 'order_items'],
])('two tables may not become one, by names %s', (_, tables, second, name) => {
  const at = stack();
  target(at, { tables });
  expect(errors(at)).toEqual([expect.stringContaining(`the table \`${second}\` becomes \`${name}\` in the database`)]);
  expect(errors(at)[0]).toContain('zeroetl-cdk:target-table-twice');
});

test('top-level attributes become columns unless something else is said', () => {
  const at = stack();
  target(at);
  expect(only(at, 'Custom::IntegrationTableProperties').Properties.TargetTableConfig).toEqual({ UnnestSpec: 'TOPLEVEL' });
});

test('two targets of one account can share a policy, and keep their Sids apart', () => {
  const at = stack();
  const catalogPolicy = new GlueResourcePolicy(at, 'Policy');
  new ZeroEtlTarget(at, 'One', { sourceAccount: SOURCE.account, databaseName: 'one', tables: [{ tableName: 'Orders' }], catalogPolicy });
  new ZeroEtlTarget(at, 'Two', { sourceAccount: SOURCE.account, databaseName: 'two', tables: [{ tableName: 'Orders' }], catalogPolicy });
  const { PolicyDocument } = only(at, 'Custom::GlueResourcePolicy').Properties;
  expect(PolicyDocument.Statement.map((it: any) => it.Sid)).toEqual([
    'CreateIntegrationone', 'AuthorizeIntegrationone', 'CreateIntegrationtwo', 'AuthorizeIntegrationtwo',
  ]);
  expect(errors(at)).toEqual([]);
  Template.fromStack(at).resourceCountIs('AWS::Lambda::Function', 1);
});

test('targets that share a policy keep their Sids apart, also where names differ by a sign only or are parameters', () => {
  const at = stack();
  const catalogPolicy = new GlueResourcePolicy(at, 'Policy');
  const names = ['a_b', 'ab', new CfnParameter(at, 'One').valueAsString, new CfnParameter(at, 'Two').valueAsString];
  names.forEach((databaseName, index) => {
    new ZeroEtlTarget(at, `Target${index}`, { sourceAccount: SOURCE.account, databaseName, tables: [{ tableName: 'Orders' }], catalogPolicy });
  });
  expect(errors(at)).toEqual([]);
  expect(only(at, 'Custom::GlueResourcePolicy').Properties.PolicyDocument.Statement).toHaveLength(8);
});

describe('brought along', () => {
  test('a bucket is used, and its key is usable for the role', () => {
    const at = stack();
    const encryptionKey = new kms.Key(at, 'Key');
    const bucket = new s3.Bucket(at, 'Mine', { encryptionKey, encryption: s3.BucketEncryption.KMS });
    target(at, { bucket });
    Template.fromStack(at).resourceCountIs('AWS::S3::Bucket', 1);
    const roles = Object.values(Template.fromStack(at).findResources('AWS::IAM::Role')) as any[];
    const writer = roles.find((role) => role.Properties.Description.includes('lakehouse'));
    expect(writer.Properties.Policies.map((it: any) => it.PolicyName)).toEqual(['WriteLakehouse', 'UseKey']);
  });

  test('a role gets what Glue needs, before Glue is told of it', () => {
    const at = stack();
    const role = new iam.Role(at, 'Mine', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com') });
    target(at, { role });
    const [policyId, policy] = Object.entries(Template.fromStack(at).findResources('AWS::IAM::Policy'))[0] as [string, any];
    expect(policy.Properties.PolicyDocument.Statement.flatMap((it: any) => it.Action)).toContain('glue:CreateTable');
    expect(only(at, 'AWS::Glue::IntegrationResourceProperty').DependsOn).toContain(policyId);
  });

  test('a role that Glue could not assume is refused', () => {
    const at = stack();
    const role = new iam.Role(at, 'Mine', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    target(at, { role });
    expect(() => Template.fromStack(at)).toThrow(/the role `Stack\/Mine` does not trust `glue.amazonaws.com`; add new ServicePrincipal/);
    role.assumeRolePolicy!.addStatements(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('glue.amazonaws.com')], actions: ['sts:AssumeRole'],
    }));
    expect(() => Template.fromStack(at)).not.toThrow();
  });

  test('with Lake Formation the role has to trust that too; of an imported role nothing is known', () => {
    const at = stack();
    const role = new iam.Role(at, 'Mine', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com') });
    target(at, { role, lakeFormationManaged: true });
    expect(() => Template.fromStack(at)).toThrow(/does not trust `lakeformation.amazonaws.com`/);
    const other = stack();
    target(other, { role: iam.Role.fromRoleArn(other, 'Theirs', 'arn:aws:iam::222222222222:role/theirs') });
    expect(() => Template.fromStack(other)).not.toThrow();
  });

  test('a database with a location is used', () => {
    const at = stack();
    const bucket = new s3.Bucket(at, 'Mine');
    const database = new glue.Database(at, 'Database', { databaseName: 'mine', locationUri: `s3://${bucket.bucketName}/x/` });
    const made = target(at, { bucket, database, databaseName: undefined });
    Template.fromStack(at).resourceCountIs('AWS::Glue::Database', 1);
    expect(at.resolve(made.databaseName)).toHaveProperty('Ref');
    expect(errors(at)).toEqual([]);
  });

  test('a database without a location is refused', () => {
    const at = stack();
    const database = new glue.Database(at, 'Database', { databaseName: 'mine' });
    target(at, { database, databaseName: undefined, bucket: new s3.Bucket(at, 'Mine') });
    expect(() => Template.fromStack(at)).toThrow(/the database has no location; set locationUri/);
  });

  test('a location that is set later counts', () => {
    const at = stack();
    const database = new glue.CfnDatabase(at, 'Database', { catalogId: at.account, databaseInput: { name: 'mine' } });
    target(at, { database, databaseName: undefined, bucket: new s3.Bucket(at, 'Mine') });
    database.addPropertyOverride('DatabaseInput.LocationUri', 's3://b/');
    expect(() => Template.fromStack(at)).not.toThrow();
  });

  test('a database without its bucket is refused: the role could not write there', () => {
    const at = stack();
    const database = new glue.Database(at, 'Database', { databaseName: 'mine', locationUri: 's3://b/' });
    target(at, { database, databaseName: undefined });
    expect(errors(at)).toEqual([expect.stringMatching(/give it as `bucket`.*zeroetl-cdk:target-settings/)]);
  });

  test.each<[keyof ZeroEtlTargetProps, keyof ZeroEtlTargetProps, Partial<ZeroEtlTargetProps>]>([
    ['databaseName', 'database', { databaseName: 'other' }],
    ['bucketName', 'bucket', { bucketName: 'another-bucket' }],
    ['enableHybrid', 'catalogPolicy', { enableHybrid: false }],
  ])('%s beside %s is an error', (setting, brought, props) => {
    const at = stack();
    const things: Partial<ZeroEtlTargetProps> = {
      database: new glue.Database(at, 'Database', { databaseName: 'mine', locationUri: 's3://b/' }),
      bucket: new s3.Bucket(at, 'Mine'),
      catalogPolicy: new GlueResourcePolicy(at, 'Policy'),
    };
    target(at, { ...things, databaseName: undefined, ...props });
    expect(errors(at)).toEqual([expect.stringContaining(`${setting} has no effect beside \`${brought}\``)]);
  });

  test('a database with a hyphen is refused, which Glue itself would do late', () => {
    const at = stack();
    const database = new glue.Database(at, 'Database', { databaseName: 'my-db', locationUri: 's3://b/' });
    target(at, { database, databaseName: undefined, bucket: new s3.Bucket(at, 'Mine') });
    expect(errors(at)).toEqual([expect.stringContaining('zeroetl-cdk:database-name')]);
  });
});

test('Lake Formation gets location and grants, and may assume the role', () => {
  const at = stack();
  target(at, { lakeFormationManaged: true });
  const template = Template.fromStack(at);
  template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', { Permissions: ['CREATE_TABLE', 'DESCRIBE', 'ALTER', 'DROP'] });
  template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', { Permissions: ['DATA_LOCATION_ACCESS'] });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: ['glue.amazonaws.com', 'lakeformation.amazonaws.com'] } }] },
  });
});

test('a reader in the same account gets a policy, one in another account a statement in the catalog too', () => {
  const at = stack();
  const made = target(at);
  const reader = new iam.Role(at, 'Reader', { assumedBy: new iam.AccountRootPrincipal() });
  made.grantRead(reader).assertSuccess();
  made.grantRead(iam.Role.fromRoleArn(at, 'Theirs', 'arn:aws:iam::333333333333:role/analyst'));
  const { PolicyDocument } = only(at, 'Custom::GlueResourcePolicy').Properties;
  expect(PolicyDocument.Statement).toHaveLength(3);
  expect(JSON.stringify(PolicyDocument.Statement[2].Principal)).toContain('333333333333:role/analyst');
  const policies = Object.values(Template.fromStack(at).findResources('AWS::IAM::Policy')) as any[];
  expect(policies.flatMap((it) => it.Properties.PolicyDocument.Statement).flatMap((it: any) => it.Action)).toContain('glue:GetTables');
  expect(errors(at)).toEqual([]);
});

test('whoever creates integrations gets just that', () => {
  const at = stack();
  const role = new iam.Role(at, 'Deployer', { assumedBy: new iam.AccountRootPrincipal() });
  target(at).grantCreateIntegration(role).assertSuccess();
  Template.fromStack(at).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'glue:CreateInboundIntegration', Effect: 'Allow' }] },
  });
});

test.each([
  ['account', { sourceAccount: '123' }, 'sourceAccount is `123`; type the 12 digits'],
  ['database-name', { databaseName: 'my-db' }, 'databaseName is `my-db`'],
  ['bucket-name', { bucketName: 'my.bucket' }, 'bucketName is `my.bucket`'],
  ['table-twice', { tables: [{ tableName: 'Orders' }, { tableName: 'Orders' }] }, 'the table `Orders` is there twice'],
])('a wrong %s is an error with that id', (id, props, message) => {
  const at = stack();
  target(at, props);
  expect(errors(at).filter((it) => it.includes(`zeroetl-cdk:${id}`))).toEqual([expect.stringContaining(message)]);
});

test('a Region without integrations is refused, with the list', () => {
  const at = new Stack(app(), 'Stack', { env: { account: '222222222222', region: 'us-west-1' } });
  target(at);
  expect(errors(at)[0]).toMatch(/`us-west-1`.*us-west-2.*zeroetl-cdk:region/s);
});

test('a target without a table is refused', () => {
  const at = stack();
  target(at, { tables: [] });
  expect(() => Template.fromStack(at)).toThrow(/the target has no table; give `tables`, or call addTable\(\)/);
});

test('account, Region and database may be tokens', () => {
  const at = new Stack(app(), 'Anywhere');
  target(at, { sourceAccount: at.account });
  expect(errors(at)).toEqual([]);
  Template.fromStack(at);
});

test('table and timeout may be parameters, and the ids keep apart', () => {
  const at = stack();
  const [one, two] = ['One', 'Two'].map((id) => new CfnParameter(at, id).valueAsString);
  const seconds = new CfnParameter(at, 'Seconds', { type: 'Number' }).valueAsNumber;
  target(at, { tables: [{ tableName: one }, { tableName: two }], serviceTimeout: Duration.seconds(seconds) });
  expect(errors(at)).toEqual([]);
  const found = Object.values<any>(Template.fromStack(at).findResources('Custom::IntegrationTableProperties'));
  expect(found.map((it) => [it.Properties.TableName, it.Properties.ServiceTimeout])).toEqual([
    [{ Ref: 'One' }, { Ref: 'Seconds' }], [{ Ref: 'Two' }, { Ref: 'Seconds' }],
  ]);
});

test('a table of another account in the same app is known by its name', () => {
  const all = app();
  const table = new dynamodb.TableV2(new Stack(all, 'Source', { env: SOURCE }), 'Orders', {
    tableName: 'Orders', partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
  });
  const at = new Stack(all, 'Target', { env: TARGET });
  target(at, { tables: [{ tableName: table.tableName }] });
  const [id] = Object.keys(Template.fromStack(at).findResources('Custom::IntegrationTableProperties'));
  const plain = stack();
  target(plain);
  expect(Object.keys(Template.fromStack(plain).findResources('Custom::IntegrationTableProperties'))).toEqual([id]);
  expect(only(at, 'Custom::IntegrationTableProperties').Properties.TableName).toBe('Orders');
});
