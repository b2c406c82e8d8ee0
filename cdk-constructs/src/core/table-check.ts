import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { addError } from './checks';
import { propertiesOf, resourceOf } from './synthesized';

/**
 * Checks what zero-ETL demands of a table that somebody else made: recovery on, and no AWS-managed key. It looks at what
 * will be synthesized, so it sees overrides too; what is not known before the deployment passes.
 */
export function checkTable(scope: Construct, table: dynamodb.ITable): void {
  scope.node.addValidation({
    validate: () => {
      const resource = resourceOf(table);
      return resource === undefined ? [] : problems(resource);
    },
  });
  if (!Token.isUnresolved(table.tableName)) {
    return;
  }
  // A reference works inside of one account only: the target stack has to know the name.
  const named = resourceOf(table);
  if (named !== undefined && propertiesOf(named)?.TableName === undefined) {
    addError(scope, 'table-without-name', 'the table has no name of its own; give it a tableName, because the account of the lakehouse knows it by that');
  }
}

function problems(resource: CfnResource): string[] {
  const properties = propertiesOf(resource);
  if (properties === undefined) {
    return [];
  }
  const place = resource.cfnResourceType === 'AWS::DynamoDB::GlobalTable' ? replicaHere(resource, properties) : properties;
  const recovery = place.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled;
  const encryption = properties.SSESpecification;
  const key = place.SSESpecification?.KMSMasterKeyId;
  const found: string[] = [];
  if (recovery === undefined || recovery === false) {
    found.push('the table has no point-in-time recovery; set pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true }');
  }
  if (encryption?.SSEEnabled === true && key === undefined) {
    found.push('the table is encrypted with the AWS-managed key, which zero-ETL does not support; use the key that DynamoDB owns or a customer key');
  }
  return found;
}

/** The replica in the Region of the stack, which is the one that the integration reads. */
function replicaHere(resource: CfnResource, { Replicas: replicas = [] }: any): any {
  const stack = Stack.of(resource);
  const region = JSON.stringify(stack.resolve(stack.region));
  return replicas.find((replica: any) => JSON.stringify(replica.Region) === region) ?? {};
}
