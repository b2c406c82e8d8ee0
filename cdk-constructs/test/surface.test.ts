import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as api from '../src';
import { app, SOURCE, TARGET } from './synth';

/** Everything here is API: another id is another resource, which CloudFormation deletes and makes anew. */
function flow(): api.CrossAccountZeroEtl {
  const key = { name: 'PK', type: dynamodb.AttributeType.STRING };
  return new api.CrossAccountZeroEtl(app(), 'shop-dev', {
    source: SOURCE, target: TARGET, databaseName: 'shop', lakeFormationManaged: true,
    tables: [{ tableName: 'Orders', partitionKey: key }, { tableName: 'order-items', partitionKey: key }],
  });
}

test('exported names', () => {
  expect(Object.keys(api).sort()).toMatchSnapshot();
});

test('logical ids and types', () => {
  const { sourceStack, targetStack, integrationStack } = flow();
  for (const stack of [sourceStack, targetStack, integrationStack]) {
    const { Resources } = Template.fromStack(stack).toJSON();
    expect(Object.entries<any>(Resources).map(([id, it]) => `${id} ${it.Type}`).sort()).toMatchSnapshot(stack.stackName);
  }
});

test('construct tree', () => {
  const made = flow();
  const paths = made.node.findAll().map((it) => it.node.path).filter((path) => !/BootstrapVersion|CheckBootstrapVersion|AssetParameters/.test(path));
  expect(paths.sort()).toMatchSnapshot();
});

test('templates, with the provider masked', () => {
  const { sourceStack, targetStack, integrationStack } = flow();
  for (const stack of [sourceStack, targetStack, integrationStack]) {
    expect(masked(stack)).toMatchSnapshot(stack.stackName);
  }
});

function masked(stack: Stack): any {
  const { Resources, Outputs } = Template.fromStack(stack).toJSON();
  const text = JSON.stringify({ Resources, Outputs }).replace(/[0-9a-f]{64}\.zip/g, '<provider>.zip');
  return JSON.parse(text);
}
