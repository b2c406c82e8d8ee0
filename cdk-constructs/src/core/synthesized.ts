import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The CloudFormation resource of a construct, where it is part of this app. */
export function resourceOf(construct: IConstruct): CfnResource | undefined {
  const child = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  return child !== undefined && CfnResource.isCfnResource(child) ? child : undefined;
}

/** The properties as they will stand in the template, overrides included. */
export function propertiesOf(resource: CfnResource): any {
  const template = Stack.of(resource).resolve((resource as any)._toCloudFormation?.());
  const [rendered] = Object.values<any>(template?.Resources ?? {});
  return rendered?.Properties;
}
