#!/usr/bin/env node
import { App } from 'aws-cdk-lib';
import { IntegrationStack, SourceStack, TargetStack } from 'zeroetl-cdk';
import { parameters } from '../lib/parameters';

const { projectName, envName, sourceEnv, targetEnv, databaseName, tables, refreshInterval } = parameters;
const prefix = `${projectName}-${envName}`;
const app = new App();

const source = new SourceStack(app, `${prefix}-source`, { env: sourceEnv, tables });

const target = new TargetStack(app, `${prefix}-target`, {
  env: targetEnv,
  sourceAccount: sourceEnv.account,
  databaseName,
  tables,
});

const integration = new IntegrationStack(app, `${prefix}-integration`, {
  env: sourceEnv, // the integration lives in the account of the table
  targetAccount: targetEnv.account,
  databaseName,
  tables,
  integrationNamePrefix: prefix,
  refreshInterval,
});
integration.node.addDependency(source, target);
