import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

// What cdk-nag's AwsSolutions finds and does not apply, with the reason. Where somebody brings a role or a bucket of
// their own along, findings on it are theirs.

/** Acknowledges that server access logs of the bucket are off. */
export function acknowledgeNoAccessLogs(bucket: IConstruct): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason: 'only Glue and its readers reach the bucket, which CloudTrail can record; bring a bucket along to have server access logs',
  });
}

/** Acknowledges the wildcards in the statements of a role, each by what it stands for. */
export function acknowledgeWildcards(role: IConstruct, statements: iam.PolicyStatement[]): void {
  const stack = Stack.of(role);
  const findings = new Set(statements.flatMap((statement) => [
    ...statement.actions.filter((action) => action.includes('*')).map((action) => `Action::${action}`),
    ...statement.resources.map((resource) => flat(stack.resolve(resource))).filter((it) => it.includes('*')).map((it) => `Resource::${it}`),
  ]));
  for (const finding of findings) {
    Validations.of(role).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`, reason: reasonFor(finding) });
  }
}

function reasonFor(finding: string): string {
  if (finding === 'Resource::*') {
    return 'the actions know no resources: glue:DescribeInboundIntegrations, lakeformation:GetDataAccess, and cloudwatch:PutMetricData, which is bound by its namespace';
  }
  if (finding.endsWith(':database/*')) {
    return 'a stack that gets another database removes the properties of the former one after its role has changed; it writes to its own only';
  }
  return finding.startsWith('Action::')
    ? 'S3 asks for a data key in two ways, and the key is named'
    : 'Glue makes the objects, tables and log groups, so their names are not known; bucket, database and prefix are';
}

/** A text with references as cdk-nag shows them. */
function flat(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  if (value?.['Fn::Join'] !== undefined) {
    const [separator, parts] = value['Fn::Join'];
    return parts.map(flat).join(separator);
  }
  const attribute = value?.['Fn::GetAtt'];
  return `<${attribute === undefined ? value?.Ref : attribute.join('.')}>`;
}
