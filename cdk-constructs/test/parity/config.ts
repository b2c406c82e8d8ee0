import { App, Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { IntegrationStack, ReplicatedTable, SourceStack, TargetStack } from '../../src';
import { app } from '../synth';

const KEY_TYPES: Record<string, dynamodb.AttributeType> = {
  S: dynamodb.AttributeType.STRING, N: dynamodb.AttributeType.NUMBER, B: dynamodb.AttributeType.BINARY,
};

/** The stacks that a user of the constructs would write for a config file of the command. */
export function stacksOf(file: string): { app: App; source: SourceStack; target: TargetStack; integration: IntegrationStack } {
  const config: any = parse(readFileSync(file, 'utf8'));
  const { source, target, integration = {}, region } = config;
  const prefix = `${config.project}-${config.environment}`;
  const sourceEnv = { account: source.account, region };
  const tables: ReplicatedTable[] = config.table.map((table: any) => ({
    tableName: table.name,
    partitionKey: key(table.partition_key),
    sortKey: table.sort_key && key(table.sort_key),
    unnestSpec: table.unnest,
    targetTableName: table.target_name,
    partitionSpec: table.partition_by?.map((it: any) => ({
      fieldName: it.field, functionSpec: it.function, conversionSpec: it.conversion,
    })),
  }));
  const all = app({ analyticsReporting: false });
  const stacks = {
    app: all,
    source: new SourceStack(all, `${prefix}-source`, {
      env: sourceEnv,
      tables,
      encryptionKeyArn: source.kms_key_arn,
      recoveryPeriod: given(source.recovery_period_in_days, Duration.days),
    }),
    target: new TargetStack(all, `${prefix}-target`, {
      env: { account: target.account, region },
      sourceAccount: source.account,
      databaseName: target.database,
      tables,
      bucketName: target.bucket,
      encryptionKeyArn: target.kms_key_arn,
      enableHybrid: target.enable_hybrid,
      lakeFormationManaged: target.lake_formation_managed,
      providerOptions: {
        architecture: target.provider_architecture === 'arm64' ? lambda.Architecture.ARM_64 : undefined,
        logRetention: target.log_retention_in_days,
      },
    }),
    integration: new IntegrationStack(all, `${prefix}-integration`, {
      env: sourceEnv,
      targetAccount: target.account,
      databaseName: target.database,
      tables,
      integrationNamePrefix: prefix,
      refreshInterval: given(integration.refresh_interval_minutes, Duration.minutes),
      encryptionKeyId: integration.kms_key_id,
    }),
  };
  const boundary = config.company?.permissions_boundary_arn;
  if (boundary !== undefined) {
    iam.PermissionsBoundary.of(stacks.target).apply(iam.ManagedPolicy.fromManagedPolicyArn(stacks.target, 'Boundary', boundary));
  }
  return stacks;
}

function given<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}

function key(of: any): dynamodb.Attribute {
  return { name: of.name, type: KEY_TYPES[of.type ?? 'S'] };
}
