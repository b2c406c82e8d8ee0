import { Arn, ArnFormat, Duration, RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import * as body from '../generated/source-body';
import { PARTITION_KEY_NAME, RECOVERY_PERIOD_IN_DAYS, SORT_KEY_NAME, SOURCE_TABLE_NAME } from '../generated/limits';
import { addError, addWarning, checkLimit } from './checks';
import { place } from './provider';
import { checkRegion } from './region-check';
import { checkTable } from './table-check';

/**
 * Properties of `ZeroEtlSource`.
 */
export interface ZeroEtlSourceProps {
  /**
   * A table that is there already, of this app or imported. Its policy gets what Glue needs; its recovery and its
   * encryption are checked.
   *
   * @default - a new table
   */
  readonly table?: dynamodb.ITable;

  /**
   * Name of the new table. The account of the lakehouse knows the table by it, so it has to be fixed.
   *
   * @default - none; required for a new table
   */
  readonly tableName?: string;

  /**
   * Partition key of the new table.
   *
   * @default - none; required for a new table
   */
  readonly partitionKey?: dynamodb.Attribute;

  /**
   * Sort key of the new table.
   *
   * @default - no sort key
   */
  readonly sortKey?: dynamodb.Attribute;

  /**
   * A customer key for the new table. Where it is of this app, its policy is given what Glue needs. Zero-ETL does not
   * support the AWS-managed key.
   *
   * @default - the key that DynamoDB owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How far back the new table can be restored, 1 to 35 days. Exports that are due later than that fail.
   *
   * @default Duration.days(35)
   */
  readonly recoveryPeriod?: Duration;

  /**
   * What happens to the new table when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A DynamoDB table that Glue may export, in the account that owns it.
 */
export class ZeroEtlSource extends Construct {
  /** The table. */
  public readonly table: dynamodb.ITable;
  /** The table's name. */
  public readonly tableName: string;
  /** The table's ARN. */
  public readonly tableArn: string;

  constructor(scope: Construct, id: string, props: ZeroEtlSourceProps) {
    super(scope, id);
    checkRegion(this);
    const statements = body.tableExport(place(this));
    this.table = props.table ?? this.newTable(props, statements);
    this.tableName = this.table.tableName;
    this.tableArn = this.table.tableArn;
    checkLimit(this, 'table-name', 'tableName', props.tableName ?? this.tableName, SOURCE_TABLE_NAME);
    if (props.table !== undefined) {
      this.adopt(props.table, props, statements);
    }
    const key = props.encryptionKey ?? props.table?.encryptionKey;
    if (key !== undefined) {
      this.letDecrypt(key, statements);
    }
  }

  /** Lets Glue use the key of the table, under the conditions under which it may export the table. */
  private letDecrypt(key: kms.IKey, [exports]: iam.PolicyStatement[]): void {
    const actions = ['kms:Decrypt', 'kms:DescribeKey'];
    const added = key.addToResourcePolicy(exports.copy({ sid: undefined, actions, resources: ['*'] }));
    if (!added.statementAdded) {
      addWarning(this, 'imported-key', `the key of the table is not part of this app; its policy has to let glue.amazonaws.com use ${actions.join(' and ')} for integrations of this account`);
    }
  }

  private newTable(props: ZeroEtlSourceProps, statements: iam.PolicyStatement[]): dynamodb.ITable {
    if (props.tableName === undefined || props.partitionKey === undefined) {
      throw new Error('a new source table needs tableName and partitionKey; or give an existing table as `table`');
    }
    checkLimit(this, 'key-name', 'partitionKey.name', props.partitionKey.name, PARTITION_KEY_NAME);
    checkLimit(this, 'key-name', 'sortKey.name', props.sortKey?.name, SORT_KEY_NAME);
    if (props.sortKey?.name === props.partitionKey.name && !Token.isUnresolved(props.sortKey.name)) {
      addError(this, 'key-name', `partitionKey and sortKey are both \`${props.sortKey.name}\`; a table has two different keys`);
    }
    const days = props.recoveryPeriod?.toDays({ integral: false }) ?? Number(RECOVERY_PERIOD_IN_DAYS.default);
    const known = checkLimit(this, 'recovery-period', 'recoveryPeriod in days', days, RECOVERY_PERIOD_IN_DAYS);
    const table = new dynamodb.TableV2(this, 'Table', {
      tableName: props.tableName,
      partitionKey: props.partitionKey,
      sortKey: props.sortKey,
      encryption: props.encryptionKey && dynamodb.TableEncryptionV2.customerManagedKey(props.encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: known && !Token.isUnresolved(days) ? days : undefined },
      resourcePolicy: new iam.PolicyDocument({ statements }),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    if (Token.isUnresolved(days)) {
      // CDK's own check would take the token for a number.
      (table.node.defaultChild as dynamodb.CfnGlobalTable).addPropertyOverride('Replicas.0.PointInTimeRecoverySpecification.RecoveryPeriodInDays', days);
    }
    return table;
  }

  /** An integration reads a table of its own account and Region, and the policies name both. */
  private checkPlace(table: dynamodb.ITable): void {
    const { account, region } = place(this);
    // CDK takes an imported table for one of this stack, whatever its ARN says.
    const arn = Token.isUnresolved(table.tableArn) ? table.env : Arn.split(table.tableArn, ArnFormat.SLASH_RESOURCE_NAME);
    for (const [word, there, here] of [['account', arn.account, account], ['Region', arn.region, region]]) {
      if (there !== here && !Token.isUnresolved(there) && !Token.isUnresolved(here)) {
        addError(this, 'table-elsewhere', `the table is in the ${word} \`${there}\` and this stack in \`${here}\`; put the source into a stack of the table's ${word}`);
      }
    }
  }

  private adopt(table: dynamodb.ITable, props: ZeroEtlSourceProps, statements: iam.PolicyStatement[]): void {
    const ofNewTables = ['tableName', 'partitionKey', 'sortKey', 'encryptionKey', 'recoveryPeriod', 'removalPolicy'] as const;
    const given = ofNewTables.filter((name) => props[name] !== undefined);
    if (given.length > 0) {
      addError(this, 'table-settings', `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} for a new table; leave it out beside \`table\``);
    }
    this.checkPlace(table);
    checkTable(this, table);
    const policy = iam.GrantableResources.isResourceWithPolicy(table) ? table : undefined;
    const added = statements.map((statement) => policy?.addToResourcePolicy(statement).statementAdded ?? false);
    if (!Resource.isOwnedResource(table) || added.includes(false)) {
      addWarning(this, 'imported-table', `the table \`${this.tableName}\` is not part of this app; its policy has to let glue.amazonaws.com export it, and point-in-time recovery has to be on`);
    }
  }
}
