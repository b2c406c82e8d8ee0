import { App, AppProps, Stack, StackProps } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { join } from 'node:path';

export const SOURCE = { account: '111111111111', region: 'us-east-1' };
export const TARGET = { account: '222222222222', region: 'us-east-1' };

/** An app whose provider is a small file: tests need no release build. */
export function app(props: AppProps = {}): App {
  return new App({ ...props, context: { 'zeroetl-cdk:provider-zip': join(__dirname, 'fixtures', 'provider'), ...props.context } });
}

/** A stack in the target account. */
export function stack(props: StackProps = { env: TARGET }): Stack {
  return new Stack(app(), 'Stack', props);
}

/** The errors and warnings of a stack, as `id: message`. */
export function errors(of: Stack): string[] {
  return Annotations.fromStack(of).findError('*', Match.anyValue()).map((it) => String(it.entry.data));
}

export function warnings(of: Stack): string[] {
  return Annotations.fromStack(of).findWarning('*', Match.anyValue()).map((it) => String(it.entry.data));
}

/** The properties of the only resource of a type. */
export function only(of: Stack, type: string): any {
  const found = Object.values(Template.fromStack(of).findResources(type));
  expect(found).toHaveLength(1);
  return found[0];
}
