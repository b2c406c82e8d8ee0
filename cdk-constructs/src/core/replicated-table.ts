import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { ZeroEtlTargetTable } from './zero-etl-target';

/**
 * A DynamoDB table and how it is laid out in the lakehouse: what all three stacks know of it.
 */
export interface ReplicatedTable extends ZeroEtlTargetTable {
  /**
   * Partition key of the DynamoDB table.
   */
  readonly partitionKey: dynamodb.Attribute;

  /**
   * Sort key of the DynamoDB table.
   *
   * @default - no sort key
   */
  readonly sortKey?: dynamodb.Attribute;

  /**
   * Name of the integration.
   *
   * @default - the prefix of the integration stack, a hyphen and the table's name
   */
  readonly integrationName?: string;
}
