import { Duration } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { ReplicatedTable, UnnestSpec } from 'zeroetl-cdk';

const orders: ReplicatedTable = {
  tableName: 'Orders',
  partitionKey: { name: 'PK', type: AttributeType.STRING },
  sortKey: { name: 'SK', type: AttributeType.STRING },
  unnestSpec: UnnestSpec.TOPLEVEL,
  targetTableName: 'orders',
};

export const parameters = {
  projectName: 'orders-lakehouse',
  envName: 'dev',
  sourceEnv: { account: '111111111111', region: 'us-east-1' }, // owner of the DynamoDB table
  targetEnv: { account: '222222222222', region: 'us-east-1' }, // owner of the lakehouse
  databaseName: 'orders_lakehouse_dev',
  tables: [orders],
  refreshInterval: Duration.minutes(15),
};
