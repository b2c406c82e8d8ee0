import { Duration, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { addError } from './checks';

/** Seconds for CloudFormation to wait, which takes 1 to 3600. No linter checks that. */
export function serviceTimeout(scope: IConstruct, given: Duration | undefined, usual: number): number {
  const seconds = given?.toSeconds() ?? usual;
  if (!Token.isUnresolved(seconds) && (seconds < 1 || seconds > 3600)) {
    addError(scope, 'service-timeout', `serviceTimeout is ${seconds} seconds; CloudFormation takes 1 to 3600`);
  }
  return seconds;
}
