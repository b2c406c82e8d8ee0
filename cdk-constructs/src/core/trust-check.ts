import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { propertiesOf, resourceOf } from './synthesized';

/** Checks that a role of the app lets the services assume it; of an imported role, nothing can be seen. */
export function checkTrust(scope: Construct, role: iam.IRole, services: string[]): void {
  scope.node.addValidation({
    validate: () => {
      const resource = resourceOf(role);
      const statements = resource && propertiesOf(resource)?.AssumeRolePolicyDocument?.Statement;
      if (!Array.isArray(statements)) {
        return [];
      }
      const trusted = statements.flatMap((statement) => statement.Principal?.Service ?? []);
      // A service that only the deployment knows may be the one.
      const missing = trusted.every((it) => typeof it === 'string') ? services.filter((it) => !trusted.includes(it)) : [];
      return missing.map((service) => `the role \`${role.node.path}\` does not trust \`${service}\`; add new ServicePrincipal('${service}') to its assumedBy`);
    },
  });
}
