import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { REGIONS } from '../generated/limits';
import { addError } from './checks';

/** Checks that CloudFormation has zero-ETL integrations in the Region of a stack, as far as that is known. */
export function checkRegion(scope: IConstruct): void {
  const region = Stack.of(scope).region;
  if (!Token.isUnresolved(region) && !REGIONS.includes(region)) {
    addError(scope, 'region', `the Region is \`${region}\`, where CloudFormation has no AWS::Glue::Integration; use one of ${REGIONS.join(', ')}`);
  }
}
