import { Token } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { propertiesOf, resourceOf } from './synthesized';

/** The database's name: the one given where that is known, so that a role that knows it need not wait for the database. */
export function knownName(database: glue.IDatabaseRef): string {
  const input = cfnOf(database)?.databaseInput as glue.CfnDatabase.DatabaseInputProperty | undefined;
  return input?.name ?? database.databaseRef.databaseName;
}

function cfnOf(database: glue.IDatabaseRef): glue.CfnDatabase | undefined {
  const child = database instanceof glue.CfnDatabase ? database : database.node.defaultChild;
  return child instanceof glue.CfnDatabase && !Token.isUnresolved(child.databaseInput) ? child : undefined;
}

/** Checks what zero-ETL demands of a database that somebody else made: a location in S3. */
export function checkDatabase(scope: Construct, database: glue.IDatabaseRef): void {
  scope.node.addValidation({
    validate: () => {
      const resource = resourceOf(database);
      const input = resource && propertiesOf(resource)?.DatabaseInput;
      return input !== undefined && input.LocationUri === undefined ? ['the database has no location; set locationUri to a place in the bucket, as s3://bucket/'] : [];
    },
  });
}
