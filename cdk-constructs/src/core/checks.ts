import { Token, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Limit } from '../generated/limits';

/** Opens the id of every error and warning of this library. The ids are API: users acknowledge them. */
const PREFIX = 'zeroetl-cdk';

/** Adds an error, which fails the synthesis together with all others. */
export function addError(scope: IConstruct, id: string, message: string): void {
  Validations.of(scope).addError(`${PREFIX}:${id}`, message);
}

/** Adds a warning, which a user can acknowledge. */
export function addWarning(scope: IConstruct, id: string, message: string): void {
  Validations.of(scope).addWarning(`${PREFIX}:${id}`, message);
}

/**
 * Checks a value against the limit that the templates set for the same value; tokens pass.
 *
 * @returns whether the value is within the limit, as far as that is known
 */
export function checkLimit(scope: IConstruct, id: string, name: string, value: string | number | undefined, limit: Limit): boolean {
  if (value === undefined || Token.isUnresolved(value) || fits(value, limit)) {
    return true;
  }
  addError(scope, id, `${name} is \`${value}\`; ${words(limit)}`);
  return false;
}

function fits(value: string | number, limit: Limit): boolean {
  const size = typeof value === 'number' ? value : [...value].length;
  const whole = typeof value === 'string' || Number.isInteger(value);
  return whole && (limit.pattern?.test(String(value)) ?? true)
    && (limit.allowed?.includes(value) ?? true)
    && size >= (limit.least ?? size)
    && size <= (limit.most ?? size);
}

/** `Type 12 digits.` becomes `type 12 digits`, to stand behind a semicolon. */
function words(limit: Limit): string {
  return limit.expected.charAt(0).toLowerCase() + limit.expected.slice(1).replace(/\.$/, '');
}
