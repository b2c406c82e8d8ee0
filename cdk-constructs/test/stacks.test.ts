import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CrossAccountZeroEtl, CrossAccountZeroEtlProps, IntegrationStack, ReplicatedTable, SourceStack, TargetStack, ZeroEtlIntegration } from '../src';
import { normal } from './parity/normal';
import { app, errors, only, SOURCE, stack, TARGET } from './synth';

const ORDERS: ReplicatedTable = { tableName: 'Orders', partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING } };
const RETURNS: ReplicatedTable = { ...ORDERS, tableName: 'Returns' };

function flow(props: Partial<CrossAccountZeroEtlProps> = {}): CrossAccountZeroEtl {
  return new CrossAccountZeroEtl(app(), 'shop-dev', { source: SOURCE, target: TARGET, databaseName: 'shop', tables: [ORDERS], ...props });
}

test('the integration is made in the account of the table, after both other stacks', () => {
  const { sourceStack, targetStack, integrationStack } = flow();
  expect(integrationStack.account).toBe(SOURCE.account);
  const assembly = (sourceStack.node.root as App).synth();
  const before = (name: string) => assembly.getStackByName(name).dependencies.map((it) => it.id).sort();
  expect(before('shop-dev-integration')).toEqual(expect.arrayContaining([expect.stringContaining('source'), expect.stringContaining('target')]));
  expect(before('shop-dev-target').filter((it) => !it.includes('assets'))).toEqual([]);
  expect([sourceStack, targetStack, integrationStack].map((it) => it.stackName)).toEqual(['shop-dev-source', 'shop-dev-target', 'shop-dev-integration']);
});

test('no stack refers into another one', () => {
  const { sourceStack, targetStack, integrationStack } = flow();
  for (const one of [sourceStack, targetStack, integrationStack]) {
    expect(JSON.stringify(Template.fromStack(one).toJSON())).not.toMatch(/ImportValue|GetStackOutput/);
  }
});

test('outputs have the names of the templates', () => {
  const { sourceStack, targetStack, integrationStack } = flow({ tables: [ORDERS, RETURNS] });
  const outputs = (of: Stack) => Object.keys(Template.fromStack(of).toJSON().Outputs);
  expect(outputs(sourceStack)).toEqual(['SourceTableName', 'SourceTableArn']);
  expect(outputs(targetStack)).toEqual(['DatabaseName', 'DatabaseArn', 'BucketName', 'TargetRoleArn', 'PolicyHash', 'ProviderFunctionArn']);
  expect(outputs(integrationStack)).toEqual(['IntegrationArn']);
});

test('several integrations wait for each other', () => {
  const { integrationStack } = flow({ tables: [ORDERS, RETURNS], refreshInterval: Duration.hours(1) });
  const found = Object.entries<any>(Template.fromStack(integrationStack).findResources('AWS::Glue::Integration'));
  expect(found.map(([, it]) => it.Properties.IntegrationName)).toEqual(['shop-dev-Orders', 'shop-dev-Returns']);
  expect(found[1][1].DependsOn).toEqual([found[0][0]]);
  expect(found[0][1].Properties.IntegrationConfig).toEqual({ RefreshInterval: '60' });
});

test('a name of an integration can be given', () => {
  const { integrationStack } = flow({ tables: [{ ...ORDERS, integrationName: 'mine' }] });
  expect(only(integrationStack, 'AWS::Glue::Integration').Properties.IntegrationName).toBe('mine');
});

test('adding or moving a table renames no resource of another one', () => {
  const ids = (tables: ReplicatedTable[]) => {
    const { targetStack } = flow({ tables });
    return Object.keys(Template.fromStack(targetStack).toJSON().Resources);
  };
  const both = ids([RETURNS, ORDERS]);
  expect(both).toEqual(expect.arrayContaining(ids([ORDERS])));
  expect(both.sort()).toEqual(ids([ORDERS, RETURNS]).sort());
});

test('two Regions are refused', () => {
  const made = flow({ target: { ...TARGET, region: 'us-east-2' } });
  expect(errors(made.targetStack)).toEqual([expect.stringContaining('the Region of the source is `us-east-1` and that of the target is `us-east-2`')]);
});

test('a Region given once only is refused, with what to do', () => {
  const made = flow({ source: { account: SOURCE.account } });
  expect(errors(made.targetStack)).toEqual([expect.stringContaining('the Region of the source is not given and that of the target is `us-east-1`')]);
});

test('stages of one app keep stacks and integrations apart', () => {
  const all = app();
  const [beta] = ['beta', 'prod'].map((stage) => new CrossAccountZeroEtl(new Stage(all, stage), 'shop', {
    source: SOURCE, target: TARGET, databaseName: `shop_${stage}`, tables: [ORDERS],
  }));
  expect([beta.sourceStack, beta.targetStack, beta.integrationStack].map((it) => it.stackName)).toEqual(['beta-shop-source', 'beta-shop-target', 'beta-shop-integration']);
  expect(only(beta.integrationStack, 'AWS::Glue::Integration').Properties.IntegrationName).toBe('beta-shop-Orders');
});

test('an account that is not known is refused at once', () => {
  expect(() => flow({ source: { region: 'us-east-1' } })).toThrow(/both accounts have to be known/);
});

test('a stack without tables and a table given twice are errors', () => {
  const none = new SourceStack(app(), 'None', { env: SOURCE, tables: [] });
  expect(errors(none)).toEqual([expect.stringContaining('zeroetl-cdk:no-table')]);
  const twice = new IntegrationStack(app(), 'Twice', { env: SOURCE, targetAccount: TARGET.account, databaseName: 'shop', tables: [ORDERS, ORDERS] });
  expect(errors(twice)).toEqual([expect.stringContaining('zeroetl-cdk:table-twice')]);
});

test.each([
  ['alias/shop', 'type the ARN of a key'],
  ['arn:aws:kms:us-east-1:111111111111:alias/shop', 'not of an alias'],
  ['arn:aws:kms:us-east-2:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'the key is in `us-east-2`; use a key of `us-east-1`'],
])('the key `%s` is refused by both stacks that take one', (encryptionKeyArn, message) => {
  const all = app();
  const source = new SourceStack(all, 'Source', { env: SOURCE, tables: [ORDERS], encryptionKeyArn });
  const target = new TargetStack(all, 'Target', { env: TARGET, sourceAccount: SOURCE.account, databaseName: 'shop', tables: [ORDERS], encryptionKeyArn });
  for (const stack of [source, target]) {
    expect(errors(stack)).toEqual([expect.stringContaining(message)]);
    expect(errors(stack)[0]).toContain('zeroetl-cdk:encryption-key');
  }
});

test('two integrations of one name are refused, which Glue would do late', () => {
  const tables = [ORDERS, RETURNS].map((table) => ({ ...table, integrationName: 'mine' }));
  const { integrationStack } = flow({ tables });
  expect(errors(integrationStack)).toEqual([expect.stringMatching(/`Orders` and `Returns` are both `mine`.*zeroetl-cdk:integration-twice/)]);
});

describe('one integration', () => {
  const props = { integrationName: 'orders', tableName: 'Orders', targetAccount: TARGET.account, databaseName: 'shop' };

  test('its ARNs name the table here and the database there', () => {
    const at = stack({ env: SOURCE });
    new ZeroEtlIntegration(at, 'Integration', props);
    const { SourceArn, TargetArn } = only(at, 'AWS::Glue::Integration').Properties;
    expect(JSON.stringify(SourceArn)).toContain(':dynamodb:us-east-1:111111111111:table/Orders');
    expect(JSON.stringify(TargetArn)).toContain(':glue:us-east-1:222222222222:database/shop');
  });

  test.each([
    ['refresh-interval', { refreshInterval: Duration.minutes(14) }, '`14`'],
    ['refresh-interval', { refreshInterval: Duration.days(7) }, '`10080`'],
    ['refresh-interval', { refreshInterval: Duration.seconds(930) }, '`15.5`'],
    ['integration-name', { integrationName: 'x'.repeat(129) }, '`xxx'],
    ['account', { targetAccount: '1' }, '`1`'],
    ['database-name', { databaseName: 'My_DB' }, '`My_DB`'],
  ])('a wrong %s is an error', (id, wrong, message) => {
    const at = stack({ env: SOURCE });
    new ZeroEtlIntegration(at, 'Integration', { ...props, ...wrong });
    expect(errors(at)).toEqual([expect.stringContaining(message)]);
    expect(errors(at)[0]).toContain(`zeroetl-cdk:${id}`);
  });

  test('somebody can be let look at it', () => {
    const at = stack({ env: SOURCE });
    const role = new iam.Role(at, 'Reader', { assumedBy: new iam.AccountRootPrincipal() });
    new ZeroEtlIntegration(at, 'Integration', props).grantRead(role).assertSuccess();
    Template.fromStack(at).hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Action: 'glue:DescribeIntegrations' }] } });
  });
});

test('the feature flags that `cdk init` sets change no meaning', () => {
  const flags = require('aws-cdk-lib/recommended-feature-flags.json');
  expect(Object.keys(flags).length).toBeGreaterThan(50);
  const templates = (context: any) => {
    const made = new CrossAccountZeroEtl(app({ context }), 'shop-dev', {
      source: SOURCE, target: TARGET, databaseName: 'shop', tables: [ORDERS, RETURNS], lakeFormationManaged: true,
    });
    return [made.sourceStack, made.targetStack, made.integrationStack].map((stack) => {
      const { account, region, stackName } = stack;
      const meaning = normal(Template.fromStack(stack).toJSON(), { account, region, stackName }, (id) => id);
      // The order of actions has no meaning either; a flag sorts them.
      return JSON.parse(JSON.stringify(meaning, (key, value) => (key === 'Action' && Array.isArray(value) ? [...value].sort() : value)));
    });
  };
  expect(templates(flags)).toEqual(templates({}));
});
