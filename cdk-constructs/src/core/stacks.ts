import { CfnOutput, Duration, Fn, Stack, StackProps, Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import * as integrationBody from '../generated/integration-body';
import * as sourceBody from '../generated/source-body';
import { Limit, SOURCE_KMS_KEY_ARN, TARGET_KMS_KEY_ARN } from '../generated/limits';
import * as targetBody from '../generated/target-body';
import { addError, checkLimit } from './checks';
import { nameId } from './name-id';
import { ZeroEtlProvider, ZeroEtlProviderProps } from './provider';
import { ReplicatedTable } from './replicated-table';
import { ZeroEtlIntegration } from './zero-etl-integration';
import { ZeroEtlSource } from './zero-etl-source';
import { ZeroEtlTarget } from './zero-etl-target';

/**
 * Properties of `SourceStack`.
 */
export interface SourceStackProps extends StackProps {
  /**
   * The tables to make.
   */
  readonly tables: ReplicatedTable[];

  /**
   * ARN of a customer key for the tables, in this account.
   *
   * @default - the key that DynamoDB owns
   */
  readonly encryptionKeyArn?: string;

  /**
   * How far back the tables can be restored, 1 to 35 days.
   *
   * @default Duration.days(35)
   */
  readonly recoveryPeriod?: Duration;
}

/**
 * The DynamoDB tables, in the account that owns them.
 */
export class SourceStack extends Stack {
  /** The tables, in the order in which they were given. */
  public readonly sources: ZeroEtlSource[];

  constructor(scope: Construct, id: string, props: SourceStackProps) {
    super(scope, id, { description: sourceBody.STACK.description, ...props });
    const encryptionKey = keyOf(this, props.encryptionKeyArn, SOURCE_KMS_KEY_ARN);
    this.sources = once(this, props.tables).map((table) => new ZeroEtlSource(this, `Source-${nameId(this, table.tableName)}`, {
      tableName: table.tableName,
      partitionKey: table.partitionKey,
      sortKey: table.sortKey,
      encryptionKey,
      recoveryPeriod: props.recoveryPeriod,
    }));
    const { outputs } = sourceBody.STACK;
    output(this, 'SourceTableName', outputs.SourceTableName, this.sources.map((source) => source.tableName));
    output(this, 'SourceTableArn', outputs.SourceTableArn, this.sources.map((source) => source.tableArn));
  }
}

/**
 * Properties of `TargetStack`.
 */
export interface TargetStackProps extends StackProps {
  /**
   * The account that owns the tables.
   */
  readonly sourceAccount: string;

  /**
   * Name of the Glue database to make: lower-case letters, digits and underscores.
   */
  readonly databaseName: string;

  /**
   * The tables to prepare for.
   */
  readonly tables: ReplicatedTable[];

  /**
   * Name of the bucket to make.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly bucketName?: string;

  /**
   * ARN of a customer key for the bucket.
   *
   * @default - the key that S3 owns
   */
  readonly encryptionKeyArn?: string;

  /**
   * Whether both the catalog policy and Lake Formation grant access over accounts.
   *
   * @default true
   */
  readonly enableHybrid?: boolean;

  /**
   * Whether Lake Formation governs the database.
   *
   * @default false
   */
  readonly lakeFormationManaged?: boolean;

  /**
   * How the provider function runs.
   *
   * @default - x86_64, 128 MB, no VPC, a log of 30 days
   */
  readonly providerOptions?: ZeroEtlProviderProps;
}

/**
 * The lakehouse, in its own account.
 */
export class TargetStack extends Stack {
  /** The lakehouse. */
  public readonly target: ZeroEtlTarget;

  constructor(scope: Construct, id: string, props: TargetStackProps) {
    super(scope, id, { description: targetBody.STACK.description, ...props });
    const provider = ZeroEtlProvider.getOrCreate(this, props.providerOptions);
    this.target = new ZeroEtlTarget(this, 'Target', {
      sourceAccount: props.sourceAccount,
      databaseName: props.databaseName,
      bucketName: props.bucketName,
      encryptionKey: keyOf(this, props.encryptionKeyArn, TARGET_KMS_KEY_ARN),
      enableHybrid: props.enableHybrid,
      lakeFormationManaged: props.lakeFormationManaged,
      provider,
      tables: props.tables.map(({ tableName, unnestSpec, targetTableName, partitionSpec, adoptExisting, allowResync }) =>
        ({ tableName, unnestSpec, targetTableName, partitionSpec, adoptExisting, allowResync })),
    });
    const { outputs } = targetBody.STACK;
    output(this, 'DatabaseName', outputs.DatabaseName, [this.target.databaseName]);
    output(this, 'DatabaseArn', outputs.DatabaseArn, [this.target.databaseArn]);
    output(this, 'BucketName', outputs.BucketName, [this.target.bucket.bucketName]);
    output(this, 'TargetRoleArn', outputs.TargetRoleArn, [this.target.role.roleArn]);
    output(this, 'PolicyHash', outputs.PolicyHash, [this.target.catalogPolicy.glueResourcePolicyHash]);
    output(this, 'ProviderFunctionArn', outputs.ProviderFunctionArn, [provider.serviceToken]);
  }
}

/**
 * Properties of `IntegrationStack`.
 */
export interface IntegrationStackProps extends StackProps {
  /**
   * The account that owns the database.
   */
  readonly targetAccount: string;

  /**
   * Name of the Glue database.
   */
  readonly databaseName: string;

  /**
   * The tables to integrate.
   */
  readonly tables: ReplicatedTable[];

  /**
   * What opens the names of the integrations.
   *
   * @default - the name of the stack
   */
  readonly integrationNamePrefix?: string;

  /**
   * Time between two refreshes, 15 minutes to 6 days. CloudFormation replaces the integrations when this changes.
   *
   * @default Duration.minutes(15)
   */
  readonly refreshInterval?: Duration;

  /**
   * Id, ARN or alias of a customer key for the integrations.
   *
   * @default - a key that Glue owns
   */
  readonly encryptionKeyId?: string;
}

/**
 * The integrations, in the account that owns the tables. Deploy it last, and destroy it first.
 */
export class IntegrationStack extends Stack {
  /** The integrations, in the order in which their tables were given. */
  public readonly integrations: ZeroEtlIntegration[] = [];

  constructor(scope: Construct, id: string, props: IntegrationStackProps) {
    super(scope, id, { description: integrationBody.STACK.description, ...props });
    const prefix = props.integrationNamePrefix ?? this.stackName;
    const known = new Map<string, string>();
    for (const table of once(this, props.tables)) {
      const integrationName = table.integrationName ?? `${prefix}-${table.tableName}`;
      if (known.has(integrationName)) {
        addError(this, 'integration-twice', `the integrations of \`${known.get(integrationName)}\` and \`${table.tableName}\` are both \`${integrationName}\`; give each its own integrationName`);
      }
      known.set(integrationName, table.tableName);
      this.integrations.push(new ZeroEtlIntegration(this, `Integration-${nameId(this, table.tableName)}`, {
        integrationName,
        tableName: table.tableName,
        targetAccount: props.targetAccount,
        databaseName: props.databaseName,
        refreshInterval: props.refreshInterval,
        encryptionKeyId: props.encryptionKeyId,
        // Glue refuses several integrations on one target at once, so they wait for each other.
        after: this.integrations.at(-1),
      }));
    }
    output(this, 'IntegrationArn', integrationBody.STACK.outputs.IntegrationArn, this.integrations.map((it) => it.integrationArn));
  }
}

/** The tables, each once; a table without others is an error of its own. */
function once(stack: Stack, tables: ReplicatedTable[]): ReplicatedTable[] {
  const known = new Map<string, ReplicatedTable>();
  for (const table of tables) {
    if (known.has(table.tableName)) {
      addError(stack, 'table-twice', `the table \`${table.tableName}\` is there twice; give each table once`);
    } else {
      known.set(table.tableName, table);
    }
  }
  if (known.size === 0) {
    addError(stack, 'no-table', 'there is no table; give at least one');
  }
  return [...known.values()];
}

/** The customer key of an ARN; a wrong one is an error, and the key that the service owns stands in for it. */
function keyOf(stack: Stack, arn: string | undefined, limit: Limit): kms.IKey | undefined {
  if (arn === undefined || !checkLimit(stack, 'encryption-key', 'encryptionKeyArn', arn, limit)) {
    return undefined;
  }
  const region = Token.isUnresolved(arn) ? stack.region : arn.split(':')[3];
  if (region !== stack.region && !Token.isUnresolved(stack.region)) {
    addError(stack, 'encryption-key', `the key is in \`${region}\`; use a key of \`${stack.region}\``);
  }
  return kms.Key.fromKeyArn(stack, 'Key', arn);
}

/** One value, or several with commas in between, under the name that the templates have for it. */
function output(stack: Stack, id: string, description: string, values: string[]): void {
  if (values.length > 0) {
    new CfnOutput(stack, id, { description, value: values.length === 1 ? values[0] : Fn.join(',', values) });
  }
}
