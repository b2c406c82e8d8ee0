import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { PartitionSpec } from '../generated/cfn-integration-table-properties';
import { UnnestSpec } from '../generated/choices';

/**
 * How one DynamoDB table is laid out in the lakehouse.
 */
export interface ZeroEtlTargetTable {
  /**
   * Name of the DynamoDB table.
   */
  readonly tableName: string;

  /**
   * How nested attributes become columns.
   *
   * @default UnnestSpec.TOPLEVEL
   */
  readonly unnestSpec?: UnnestSpec;

  /**
   * Name of the Iceberg table.
   *
   * @default - a name that Glue makes up
   */
  readonly targetTableName?: string;

  /**
   * What the Iceberg table is partitioned by.
   *
   * @default - buckets of the primary key, made by Glue
   */
  readonly partitionSpec?: PartitionSpec[];

  /**
   * Whether properties that exist already with other values may be taken over.
   *
   * @default false
   */
  readonly adoptExisting?: boolean;

  /**
   * Whether the layout may change while an integration uses the table, which can reload the whole table.
   *
   * @default false
   */
  readonly allowResync?: boolean;
}

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
