import { Duration, Resource, Token } from 'aws-cdk-lib';
import { IDatabaseRef } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { CfnIntegrationTableProperties, SourceTableConfig, TargetTableConfig } from '../generated/cfn-integration-table-properties';
import { PartitionFunction } from '../generated/choices';
import { PARTITION_FIELD, SOURCE_TABLE_NAME, TARGET_TABLE_NAME } from '../generated/limits';
import { CUSTOM_RESOURCE } from '../generated/target-body';
import { addError, checkLimit } from './checks';
import { knownName } from './database-check';
import { IZeroEtlProvider, ZeroEtlProvider } from './provider';
import { serviceTimeout } from './service-timeout';

/** Glue takes no more partitions of one table. */
const MOST_PARTITIONS = 10;

/**
 * Properties of `IntegrationTableProperties`.
 */
export interface IntegrationTablePropertiesProps extends TargetTableConfig {
  /**
   * The target database.
   */
  readonly database: IDatabaseRef;

  /**
   * Name of the source table, case kept.
   */
  readonly tableName: string;

  /**
   * How the table is read from the source. Not for DynamoDB sources.
   *
   * @default - the whole table
   */
  readonly sourceTableConfig?: SourceTableConfig;

  /**
   * Whether properties that exist already with other values may be taken over.
   *
   * @default false
   */
  readonly adoptExisting?: boolean;

  /**
   * Whether `unnestSpec` or `partitionSpec` may change while an integration uses the table, which can reload the whole
   * table.
   *
   * @default false
   */
  readonly allowResync?: boolean;

  /**
   * The provider function.
   *
   * @default - the one of the stack, made where there is none yet
   */
  readonly provider?: IZeroEtlProvider;

  /**
   * How long CloudFormation waits for the provider, 1 second to 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly serviceTimeout?: Duration;
}

/**
 * How one source table is laid out in the target database.
 *
 * Has to be there before the integration, and stays as long as an integration uses the table.
 */
export class IntegrationTableProperties extends Resource {
  /**
   * Name of the Iceberg table, where set.
   *
   * @attribute
   */
  public readonly integrationTablePropertiesTargetTableName: string;

  /**
   * How nested attributes become columns, in effect.
   *
   * @attribute
   */
  public readonly integrationTablePropertiesUnnestSpec: string;

  constructor(scope: Construct, id: string, props: IntegrationTablePropertiesProps) {
    super(scope, id);
    this.check(props);
    const databaseName = props.database.databaseRef.databaseName;
    const provider = props.provider ?? ZeroEtlProvider.getOrCreate(this);
    const ready = provider.permitTableProperties(knownName(props.database));
    const resource = new CfnIntegrationTableProperties(this, 'Resource', {
      serviceToken: provider.serviceToken,
      serviceTimeout: serviceTimeout(this, props.serviceTimeout, CUSTOM_RESOURCE.serviceTimeout),
      resourceArn: this.stack.formatArn({ service: 'glue', resource: 'database', resourceName: databaseName }),
      tableName: props.tableName,
      targetTableConfig: layout(props),
      sourceTableConfig: props.sourceTableConfig,
      adoptExisting: props.adoptExisting,
      allowResync: props.allowResync,
    });
    resource.node.addDependency(ready);
    this.integrationTablePropertiesTargetTableName = resource.attrTargetTableName;
    this.integrationTablePropertiesUnnestSpec = resource.attrUnnestSpec;
  }

  private check(props: IntegrationTablePropertiesProps): void {
    checkLimit(this, 'table-name', 'tableName', props.tableName, SOURCE_TABLE_NAME);
    checkLimit(this, 'target-table-name', 'targetTableName', props.targetTableName, TARGET_TABLE_NAME);
    const partitions = props.partitionSpec;
    if (partitions === undefined) {
      return;
    }
    if (partitions.length === 0 || partitions.length > MOST_PARTITIONS) {
      addError(this, 'partition-count', `partitionSpec has ${partitions.length} items; give 1 to ${MOST_PARTITIONS}, or leave it out`);
    }
    const timed = new Set<string>();
    partitions.forEach((partition, index) => {
      const path = `partitionSpec[${index}]`;
      checkLimit(this, 'partition-field', `${path}.fieldName`, partition.fieldName, PARTITION_FIELD);
      if (Token.isUnresolved(partition.functionSpec)) {
        return;
      }
      const takesTime = partition.functionSpec !== PartitionFunction.IDENTITY;
      if (takesTime && partition.conversionSpec === undefined) {
        addError(this, 'partition-conversion', `${path} has the function \`${partition.functionSpec}\` and no conversionSpec; say how the time is written in the source`);
      }
      if (!takesTime && partition.conversionSpec !== undefined) {
        addError(this, 'partition-conversion', `${path} has the conversionSpec \`${partition.conversionSpec}\`; the function \`identity\` takes none`);
      }
      if (takesTime && timed.has(partition.fieldName)) {
        addError(this, 'partition-time', `${path} is a second time function of the field \`${partition.fieldName}\`; a field takes one`);
      }
      if (takesTime) {
        timed.add(partition.fieldName);
      }
    });
  }
}

/** The layout, if any of it is given. */
function layout({ unnestSpec, partitionSpec, targetTableName }: TargetTableConfig): TargetTableConfig | undefined {
  const given = [unnestSpec, partitionSpec, targetTableName].some((it) => it !== undefined);
  return given ? { unnestSpec, partitionSpec, targetTableName } : undefined;
}
