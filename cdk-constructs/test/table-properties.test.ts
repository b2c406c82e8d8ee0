import { Template } from 'aws-cdk-lib/assertions';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Stack } from 'aws-cdk-lib';
import { IntegrationTableProperties, IntegrationTablePropertiesProps, PartitionFunction, TimestampConversion, UnnestSpec } from '../src';
import { errors, only, stack } from './synth';

function database(here: Stack): glue.CfnDatabase {
  return new glue.CfnDatabase(here, 'Database', { catalogId: here.account, databaseInput: { name: 'orders', locationUri: 's3://b/' } });
}

function properties(here: Stack, props: Partial<IntegrationTablePropertiesProps>): IntegrationTableProperties {
  return new IntegrationTableProperties(here, 'Properties', { database: database(here), tableName: 'Orders', ...props });
}

test('the layout is written as the API has it', () => {
  const here = stack();
  properties(here, {
    unnestSpec: UnnestSpec.NOUNNEST,
    targetTableName: 'orders_raw',
    partitionSpec: [
      { fieldName: 'country', functionSpec: PartitionFunction.IDENTITY },
      { fieldName: 'at', functionSpec: PartitionFunction.DAY, conversionSpec: TimestampConversion.EPOCH_MILLI },
    ],
    allowResync: true,
  });
  const { Properties } = only(here, 'Custom::IntegrationTableProperties');
  expect(Properties).toMatchObject({
    TableName: 'Orders',
    AllowResync: true,
    TargetTableConfig: {
      UnnestSpec: 'NOUNNEST',
      TargetTableName: 'orders_raw',
      PartitionSpec: [
        { FieldName: 'country', FunctionSpec: 'identity' },
        { FieldName: 'at', FunctionSpec: 'day', ConversionSpec: 'epoch_milli' },
      ],
    },
  });
  expect(errors(here)).toEqual([]);
});

test('what is left out stays out, so that Glue chooses', () => {
  const here = stack();
  properties(here, {});
  const { Properties } = only(here, 'Custom::IntegrationTableProperties');
  expect(Object.keys(Properties).sort()).toEqual(['ResourceArn', 'ServiceTimeout', 'ServiceToken', 'TableName']);
});

test('the provider may touch this database only, and waits for no database', () => {
  const here = stack();
  properties(here, {});
  const role = only(here, 'AWS::IAM::Role');
  const [{ PolicyDocument }] = role.Properties.Policies;
  const statement = PolicyDocument.Statement.find((it: any) => it.Sid === 'TableProperties');
  expect(JSON.stringify(statement.Resource)).toContain(':database/orders');
  expect(JSON.stringify(role)).not.toContain('"Ref":"Database"');
});

test('two databases share one statement of the provider', () => {
  const here = stack();
  properties(here, {});
  const other = new glue.CfnDatabase(here, 'Other', { catalogId: here.account, databaseInput: { name: 'returns' } });
  new IntegrationTableProperties(here, 'More', { database: other, tableName: 'Returns' });
  const [{ PolicyDocument }] = only(here, 'AWS::IAM::Role').Properties.Policies;
  const statements = PolicyDocument.Statement.filter((it: any) => it.Sid === 'TableProperties');
  expect(statements).toHaveLength(1);
  expect(JSON.stringify(statements[0].Resource)).toMatch(/database\/orders.*database\/returns/);
});

const DAY = { fieldName: 'at', functionSpec: PartitionFunction.DAY, conversionSpec: TimestampConversion.ISO };

test.each<[string, string, Partial<IntegrationTablePropertiesProps>, string]>([
  ['a target name in capitals', 'target-table-name', { targetTableName: 'Orders' }, 'targetTableName is `Orders`'],
  ['a short table name', 'table-name', { tableName: 'ab' }, 'tableName is `ab`; type 3 to 128'],
  ['no partition at all', 'partition-count', { partitionSpec: [] }, 'partitionSpec has 0 items'],
  ['eleven partitions', 'partition-count', { partitionSpec: Array.from({ length: 11 }, (_, i) => ({ fieldName: `f${i}`, functionSpec: PartitionFunction.IDENTITY })) }, 'partitionSpec has 11 items'],
  ['a time without conversion', 'partition-conversion', { partitionSpec: [{ fieldName: 'at', functionSpec: PartitionFunction.HOUR }] }, 'partitionSpec[0] has the function `hour` and no conversionSpec'],
  ['identity with conversion', 'partition-conversion', { partitionSpec: [{ ...DAY, functionSpec: PartitionFunction.IDENTITY }] }, 'the function `identity` takes none'],
  ['two times of one field', 'partition-time', { partitionSpec: [DAY, { ...DAY, functionSpec: PartitionFunction.YEAR }] }, 'partitionSpec[1] is a second time function of the field `at`'],
])('%s is an error', (_, id, props, message) => {
  const here = stack();
  properties(here, props);
  expect(errors(here)).toEqual([expect.stringContaining(message)]);
  expect(errors(here)[0]).toContain(`zeroetl-cdk:${id}`);
});

test('identity beside a time of the same field is fine', () => {
  const here = stack();
  properties(here, { partitionSpec: [{ fieldName: 'at', functionSpec: PartitionFunction.IDENTITY }, DAY] });
  expect(errors(here)).toEqual([]);
  Template.fromStack(here);
});
