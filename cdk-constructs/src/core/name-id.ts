import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** A name as part of an id: itself, or a hash of the reference where only the deployment knows it. */
export function nameId(scope: IConstruct, name: string): string {
  const known = Stack.of(scope).resolve(name);
  return typeof known === 'string' ? known : createHash('sha256').update(JSON.stringify(known)).digest('hex').slice(0, 8).toUpperCase();
}
