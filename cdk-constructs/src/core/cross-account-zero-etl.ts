import { Duration, Environment, Stage, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { addError } from './checks';
import { ZeroEtlProviderProps } from './provider';
import { ReplicatedTable } from './replicated-table';
import { IntegrationStack, SourceStack, TargetStack } from './stacks';

/**
 * Properties of `CrossAccountZeroEtl`.
 */
export interface CrossAccountZeroEtlProps {
  /**
   * Account and Region of the DynamoDB tables.
   */
  readonly source: Environment;

  /**
   * Account and Region of the lakehouse. The Region is the same.
   */
  readonly target: Environment;

  /**
   * Name of the Glue database to make: lower-case letters, digits and underscores.
   */
  readonly databaseName: string;

  /**
   * The tables.
   */
  readonly tables: ReplicatedTable[];

  /**
   * Time between two refreshes, 15 minutes to 6 days. CloudFormation replaces the integrations when this changes.
   *
   * @default Duration.minutes(15)
   */
  readonly refreshInterval?: Duration;

  /**
   * Name of the bucket to make.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly bucketName?: string;

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
 * The whole flow: three stacks over two accounts, in the order in which they depend on each other.
 *
 * The id opens the names of the stacks and of the integrations, behind the name of the stage where there is one. The
 * stacks refer to each other by names only, so that no account needs to look into the other one.
 */
export class CrossAccountZeroEtl extends Construct {
  /** The DynamoDB tables. */
  public readonly sourceStack: SourceStack;
  /** The lakehouse. */
  public readonly targetStack: TargetStack;
  /** The integrations. */
  public readonly integrationStack: IntegrationStack;

  constructor(scope: Construct, id: string, props: CrossAccountZeroEtlProps) {
    super(scope, id);
    const { databaseName, tables } = props;
    const { account: sourceAccount, region } = props.source;
    const targetAccount = props.target.account;
    if (sourceAccount === undefined || targetAccount === undefined) {
      throw new Error('both accounts have to be known; give `account` in `source` and in `target`');
    }
    const stage = Stage.of(this)?.stageName;
    const prefix = stage === undefined || stage === '' ? id : `${stage}-${id}`;
    this.sourceStack = new SourceStack(this, 'source', { stackName: `${prefix}-source`, env: props.source, tables });
    this.targetStack = new TargetStack(this, 'target', {
      stackName: `${prefix}-target`,
      env: props.target,
      sourceAccount,
      databaseName,
      tables,
      bucketName: props.bucketName,
      lakeFormationManaged: props.lakeFormationManaged,
      providerOptions: props.providerOptions,
    });
    if (region !== props.target.region && !Token.isUnresolved(region) && !Token.isUnresolved(props.target.region)) {
      // On a stack, because the CLI shows what is said of stacks and of what is in them.
      addError(this.targetStack, 'regions', `the Region of the source is ${named(region)} and that of the target is ${named(props.target.region)}; zero-ETL takes one Region, so give both the same`);
    }
    this.integrationStack = new IntegrationStack(this, 'integration', {
      stackName: `${prefix}-integration`,
      env: props.source,
      targetAccount,
      databaseName,
      tables,
      integrationNamePrefix: prefix,
      refreshInterval: props.refreshInterval,
    });
    this.integrationStack.node.addDependency(this.sourceStack, this.targetStack);
  }
}

function named(region?: string): string {
  return region === undefined ? 'not given' : `\`${region}\``;
}
