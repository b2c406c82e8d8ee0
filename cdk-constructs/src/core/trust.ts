import * as iam from 'aws-cdk-lib/aws-iam';

/** A service that may assume a role, by the statements that the templates have for it. */
export class Trust extends iam.ServicePrincipal {
  constructor(service: string, private readonly statements: iam.PolicyStatement[]) {
    super(service);
  }

  public addToAssumeRolePolicy(document: iam.PolicyDocument): void {
    document.addStatements(...this.statements);
  }
}
