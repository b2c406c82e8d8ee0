import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { addError } from './checks';
import { ZeroEtlTargetTable } from './replicated-table';
import type { ZeroEtlTargetProps } from './zero-etl-target';

/** Refuses settings without effect, and a database in a bucket that the role would not get permissions for. */
export function checkTargetSettings(scope: Construct, props: ZeroEtlTargetProps): void {
  const ofNew = [['databaseName', 'database'], ['bucketName', 'bucket'], ['enableHybrid', 'catalogPolicy']] as const;
  for (const [setting, brought] of ofNew) {
    if (props[setting] !== undefined && props[brought] !== undefined) {
      addError(scope, 'target-settings', `${setting} has no effect beside \`${brought}\`; leave one of them out`);
    }
  }
  if (props.database !== undefined && props.bucket === undefined) {
    addError(scope, 'target-settings', 'the database is given and the bucket of its location is not; give it as `bucket`, so that the role may write there');
  }
}

/** The names that tables get in the database. Two tables may not become one. */
export class TargetNames {
  private readonly known = new Map<string, string>();

  /** Without a name given, Glue makes one of the source table's, in lower case. */
  public check(scope: Construct, { tableName, targetTableName }: ZeroEtlTargetTable): void {
    const name = targetTableName ?? tableName.toLowerCase().replace(/[-.]/g, '_');
    const other = this.known.get(name);
    if (other !== undefined && !Token.isUnresolved(targetTableName ?? tableName)) {
      addError(scope, 'target-table-twice', `the table \`${tableName}\` becomes \`${name}\` in the database, as \`${other}\` does; give one of them another targetTableName`);
    }
    this.known.set(name, tableName);
  }
}
