import { CfnParameter, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ZeroEtlSource } from '../src';
import { errors, only, SOURCE, stack, warnings } from './synth';

const KEY = { name: 'PK', type: dynamodb.AttributeType.STRING };
const RECOVERY = { pointInTimeRecoveryEnabled: true };

function here(): Stack {
  return stack({ env: SOURCE });
}

test('a new table is kept, can be restored, and lets Glue export it', () => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY, recoveryPeriod: Duration.days(7) });
  const table = only(at, 'AWS::DynamoDB::GlobalTable');
  expect(table).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  const [replica] = table.Properties.Replicas;
  expect(replica.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 });
  const [statement] = replica.ResourcePolicy.PolicyDocument.Statement;
  expect(statement).toMatchObject({
    Principal: { Service: 'glue.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': SOURCE.account } },
  });
  expect(table.Properties).not.toHaveProperty('SSESpecification');
});

test('a customer key encrypts the table, never the AWS-managed one', () => {
  const at = here();
  const encryptionKey = kms.Key.fromKeyArn(at, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab');
  new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY, encryptionKey });
  const { Properties } = only(at, 'AWS::DynamoDB::GlobalTable');
  expect(Properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
  expect(Properties.Replicas[0].SSESpecification.KMSMasterKeyId).toContain('key/1234abcd');
});

test('Glue may use a key of the app, for integrations of this account only', () => {
  const at = here();
  const encryptionKey = new kms.Key(at, 'Key');
  new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY, encryptionKey });
  const { Statement } = only(at, 'AWS::KMS::Key').Properties.KeyPolicy;
  expect(Statement.find((it: any) => it.Principal.Service === 'glue.amazonaws.com')).toMatchObject({
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Condition: { StringEquals: { 'aws:SourceAccount': SOURCE.account }, ArnLike: { 'aws:SourceArn': expect.anything() } },
  });
  expect(warnings(at)).toEqual([]);
});

test('so may it use the key of a table that is there already', () => {
  const at = here();
  const encryptionKey = new kms.Key(at, 'Key');
  const table = new dynamodb.Table(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY, encryptionKey });
  new ZeroEtlSource(at, 'Source', { table });
  expect(JSON.stringify(only(at, 'AWS::KMS::Key').Properties.KeyPolicy)).toContain('glue.amazonaws.com');
});

test('an imported key is a warning that says what its policy has to allow', () => {
  const at = here();
  const encryptionKey = kms.Key.fromKeyArn(at, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab');
  const source = new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY, encryptionKey });
  expect(warnings(at)).toEqual([expect.stringMatching(/kms:Decrypt and kms:DescribeKey.*zeroetl-cdk:imported-key/)]);
  Validations.of(source).acknowledge({ id: 'zeroetl-cdk:imported-key', reason: 'the key policy is kept elsewhere' });
  expect(warnings(at)).toEqual([]);
});

test.each([
  ['TableV2', (at: Stack) => new dynamodb.TableV2(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY })],
  ['Table', (at: Stack) => new dynamodb.Table(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY })],
])('a %s of the app gets the policy', (_, make) => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { table: make(at) });
  expect(JSON.stringify(Template.fromStack(at).toJSON())).toContain('dynamodb:ExportTableToPointInTime');
  expect([errors(at), warnings(at)]).toEqual([[], []]);
});

test('a table without recovery is refused, with what to set', () => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { table: new dynamodb.TableV2(at, 'Mine', { tableName: 'Mine', partitionKey: KEY }) });
  expect(() => Template.fromStack(at)).toThrow(/no point-in-time recovery; set pointInTimeRecoverySpecification/);
});

test('recovery that is turned on later counts', () => {
  const at = here();
  const table = new dynamodb.TableV2(at, 'Mine', { tableName: 'Mine', partitionKey: KEY });
  new ZeroEtlSource(at, 'Source', { table });
  const resource = table.node.defaultChild as dynamodb.CfnGlobalTable;
  resource.addPropertyOverride('Replicas.0.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', true);
  expect(() => Template.fromStack(at)).not.toThrow();
});

test.each([
  ['TableV2', (at: Stack) => new dynamodb.TableV2(at, 'Mine', {
    tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY, encryption: dynamodb.TableEncryptionV2.awsManagedKey(),
  })],
  ['Table', (at: Stack) => new dynamodb.Table(at, 'Mine', {
    tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY, encryption: dynamodb.TableEncryption.AWS_MANAGED,
  })],
])('a %s with the AWS-managed key is refused', (_, make) => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { table: make(at) });
  expect(() => Template.fromStack(at)).toThrow(/AWS-managed key, which zero-ETL does not support/);
});

test('a Table with a customer key is taken', () => {
  const at = here();
  const encryptionKey = new kms.Key(at, 'Key');
  const table = new dynamodb.Table(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY, encryptionKey });
  new ZeroEtlSource(at, 'Source', { table });
  expect(() => Template.fromStack(at)).not.toThrow();
});

test.each([
  ['here, refused without recovery', false, true],
  ['elsewhere, which no integration reads', true, false],
])('of a table in several Regions the replica counts that is %s', (_, recoveredHere, recoveredThere) => {
  const at = here();
  const table = new dynamodb.TableV2(at, 'Mine', {
    tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recoveredHere },
    replicas: [{ region: 'us-west-2', pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recoveredThere } }],
  });
  new ZeroEtlSource(at, 'Source', { table });
  const result = expect(() => Template.fromStack(at));
  (recoveredHere ? result.not : result).toThrow(/no point-in-time recovery/);
});

test('a table without a fixed name is refused: the other account knows it by its name', () => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { table: new dynamodb.TableV2(at, 'Mine', { partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY }) });
  expect(errors(at)).toEqual([expect.stringContaining('zeroetl-cdk:table-without-name')]);
});

test('an imported table is a warning, because nothing of it can be seen', () => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { table: dynamodb.TableV2.fromTableName(at, 'Theirs', 'Theirs') });
  expect(warnings(at)).toEqual([expect.stringContaining('zeroetl-cdk:imported-table')]);
});

test('a table of another account or Region is refused: the integration would not find it', () => {
  const at = here();
  const table = dynamodb.Table.fromTableArn(at, 'Theirs', 'arn:aws:dynamodb:us-west-2:444444444444:table/Theirs');
  new ZeroEtlSource(at, 'Source', { table });
  expect(errors(at)).toEqual([
    expect.stringContaining('the table is in the account `444444444444` and this stack in `111111111111`'),
    expect.stringMatching(/the table is in the Region `us-west-2`.*zeroetl-cdk:table-elsewhere/),
  ]);
  const elsewhere = new Stack(at.node.root, 'Elsewhere', { env: { ...SOURCE, region: 'us-east-2' } });
  const mine = new dynamodb.TableV2(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY });
  new ZeroEtlSource(elsewhere, 'Source', { table: mine });
  expect(errors(elsewhere)).toEqual([expect.stringContaining('the table is in the Region `us-east-1` and this stack in `us-east-2`')]);
});

test('settings of a new table beside an existing one are an error', () => {
  const at = here();
  const table = new dynamodb.TableV2(at, 'Mine', { tableName: 'Mine', partitionKey: KEY, pointInTimeRecoverySpecification: RECOVERY });
  new ZeroEtlSource(at, 'Source', { table, recoveryPeriod: Duration.days(3) });
  expect(errors(at)).toEqual([expect.stringContaining('recoveryPeriod is for a new table')]);
});

test.each([
  ['recovery-period', { recoveryPeriod: Duration.days(36) }, '`36`'],
  ['recovery-period', { recoveryPeriod: Duration.hours(36) }, '`1.5`'],
  ['table-name', { tableName: 'a b' }, '`a b`'],
  ['key-name', { sortKey: KEY }, 'both `PK`'],
])('a wrong %s is an error', (id, props, message) => {
  const at = here();
  new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY, ...props });
  expect(errors(at)).toEqual([expect.stringContaining(message)]);
  expect(errors(at)[0]).toContain(`zeroetl-cdk:${id}`);
});

test('a new table needs a name and a key', () => {
  expect(() => new ZeroEtlSource(here(), 'Source', { tableName: 'Orders' })).toThrow(/needs tableName and partitionKey/);
});

test('a Region without integrations is refused before there is a table', () => {
  const at = stack({ env: { ...SOURCE, region: 'us-west-1' } });
  new ZeroEtlSource(at, 'Source', { tableName: 'Orders', partitionKey: KEY });
  expect(errors(at)).toEqual([expect.stringContaining('zeroetl-cdk:region')]);
});

test('name and recovery may be parameters', () => {
  const at = here();
  const days = new CfnParameter(at, 'Days', { type: 'Number' }).valueAsNumber;
  const tableName = new CfnParameter(at, 'Name').valueAsString;
  new ZeroEtlSource(at, 'Source', { tableName, partitionKey: KEY, recoveryPeriod: Duration.days(days) });
  const { Properties } = only(at, 'AWS::DynamoDB::GlobalTable');
  expect(Properties.Replicas[0].PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: { Ref: 'Days' } });
  expect([Properties.TableName, errors(at)]).toEqual([{ Ref: 'Name' }, []]);
});
