import { Duration, Resource } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import * as body from '../generated/integration-body';
import { DATABASE_NAME, INTEGRATION_KMS_KEY_ID, INTEGRATION_NAME, REFRESH_INTERVAL_MINUTES, SOURCE_TABLE_NAME, TARGET_ACCOUNT_ID } from '../generated/limits';
import { checkLimit } from './checks';
import { checkRegion } from './region-check';

/**
 * Properties of `ZeroEtlIntegration`.
 */
export interface ZeroEtlIntegrationProps {
  /**
   * Name of the integration.
   */
  readonly integrationName: string;

  /**
   * Name of the DynamoDB table, in the account of this stack.
   */
  readonly tableName: string;

  /**
   * The account that owns the database.
   */
  readonly targetAccount: string;

  /**
   * Name of the Glue database.
   */
  readonly databaseName: string;

  /**
   * Time between two refreshes, 15 minutes to 6 days. CloudFormation replaces the integration when this changes.
   *
   * @default Duration.minutes(15)
   */
  readonly refreshInterval?: Duration;

  /**
   * Id, ARN or alias of a customer key for the integration.
   *
   * @default - a key that Glue owns
   */
  readonly encryptionKeyId?: string;

  /**
   * The integration that has to be there before this one. Glue refuses several at once on one target.
   *
   * @default - none
   */
  readonly after?: ZeroEtlIntegration;
}

/**
 * The zero-ETL integration between a DynamoDB table and a Glue database. It lives in the account of the table.
 *
 * Everything about it but its description is create-only: CloudFormation makes a new one under the same name, which Glue
 * refuses. Take the integration out, deploy, and put it back.
 */
export class ZeroEtlIntegration extends Resource implements glue.IIntegrationRef {
  /**
   * The integration's ARN.
   *
   * @attribute
   */
  public readonly integrationArn: string;

  private readonly resource: glue.CfnIntegration;

  constructor(scope: Construct, id: string, props: ZeroEtlIntegrationProps) {
    super(scope, id, { physicalName: props.integrationName });
    checkRegion(this);
    const minutes = props.refreshInterval?.toMinutes({ integral: false }) ?? Number(REFRESH_INTERVAL_MINUTES.default);
    checkLimit(this, 'integration-name', 'integrationName', props.integrationName, INTEGRATION_NAME);
    checkLimit(this, 'table-name', 'tableName', props.tableName, SOURCE_TABLE_NAME);
    checkLimit(this, 'account', 'targetAccount', props.targetAccount, TARGET_ACCOUNT_ID);
    checkLimit(this, 'database-name', 'databaseName', props.databaseName, DATABASE_NAME);
    checkLimit(this, 'refresh-interval', 'refreshInterval in minutes', minutes, REFRESH_INTERVAL_MINUTES);
    checkLimit(this, 'encryption-key', 'encryptionKeyId', props.encryptionKeyId, INTEGRATION_KMS_KEY_ID);
    this.resource = new glue.CfnIntegration(this, 'Resource', body.integration({
      integrationName: this.physicalName,
      sourceArn: this.stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: props.tableName }),
      targetArn: this.stack.formatArn({
        service: 'glue', account: props.targetAccount, resource: 'database', resourceName: props.databaseName,
      }),
      refreshIntervalMinutes: String(minutes),
      keyId: props.encryptionKeyId,
    }));
    if (props.after !== undefined) {
      this.resource.node.addDependency(props.after.resource);
    }
    this.integrationArn = this.resource.attrIntegrationArn;
  }

  /**
   * A reference to this integration.
   */
  public get integrationRef(): glue.IntegrationReference {
    return this.resource.integrationRef;
  }

  /**
   * Lets somebody look at the integration and its state.
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    // The action knows no resources.
    return iam.Grant.addToPrincipal({ grantee, actions: ['glue:DescribeIntegrations'], resourceArns: ['*'] });
  }
}
