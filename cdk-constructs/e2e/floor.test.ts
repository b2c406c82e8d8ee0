import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, synthesized, template, WORK } from './world';

/** The least that `peerDependencies` admits. */
const { peerDependencies } = require('../package.json');
const FLOOR = Object.entries<string>(peerDependencies).map(([name, range]) => `${name}@${range.replace('^', '')}`);

test('the least aws-cdk-lib makes the same stacks as the newest', () => {
  const least = synthesized('app-floor', ...FLOOR);
  const version = JSON.parse(readFileSync(join(least, 'node_modules', 'aws-cdk-lib', 'package.json'), 'utf8')).version;
  expect(FLOOR).toContain(`aws-cdk-lib@${version}`);
  const newest = synthesized('app-newest');
  for (const stack of ['source', 'target', 'integration'].map((kind) => `orders-lakehouse-dev-${kind}`)) {
    expect(template(join(least, 'cdk.out'), stack)).toEqual(template(join(newest, 'cdk.out'), stack));
  }
});

test('a plain bin/app.ts runs with the least one too', () => {
  const app = join(WORK, 'app-floor');
  writeFileSync(join(app, 'five.ts'), `
import { App, aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { CrossAccountZeroEtl } from 'zeroetl-cdk';

const app = new App();
new CrossAccountZeroEtl(app, 'orders-lakehouse-dev', {
  source: { account: '111111111111', region: 'us-east-1' },
  target: { account: '222222222222', region: 'us-east-1' },
  databaseName: 'orders_lakehouse_dev',
  tables: [{ tableName: 'Orders', partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING } }],
});
console.log(app.synth().stacks.map((it) => it.stackName).join(' '));
`);
  const { text } = must('npx', ['tsx', 'five.ts'], app);
  expect(text).toContain('orders-lakehouse-dev-source orders-lakehouse-dev-target orders-lakehouse-dev-integration');
});
