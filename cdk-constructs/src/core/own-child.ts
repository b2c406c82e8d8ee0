import { Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';

/**
 * What a stack has under an id, made where there is none yet. Where something else has the id, such as the same thing of
 * another copy of this library, the next number behind the id is taken. No version is in the id, so that another version
 * of this library makes no other resource.
 */
export function ownChild<T extends Construct>(stack: Stack, id: string, ours: (found: IConstruct) => found is T, make: (id: string) => T): T {
  for (let number = 1; ; number += 1) {
    const numbered = number === 1 ? id : `${id}${number}`;
    const found = stack.node.tryFindChild(numbered);
    if (found === undefined) {
      return make(numbered);
    }
    if (ours(found)) {
      return found;
    }
  }
}
