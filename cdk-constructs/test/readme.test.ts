import { App, aws_dynamodb as dynamodb, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import * as assertions from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CrossAccountZeroEtl, GlueResourcePolicy, PartitionFunction, TimestampConversion, UnnestSpec, ZeroEtlIntegration, ZeroEtlSource, ZeroEtlTarget,
} from '../src';
import { app as testApp, errors, SOURCE, TARGET, warnings } from './synth';

const room = join(__dirname, '..');
const read = (name: string) => readFileSync(join(room, name), 'utf8');

/** What the pieces of the README run in: the names that they leave to the reader. */
class Piece extends Stack {
  public readonly orders = () => new dynamodb.TableV2(this, 'Orders', {
    tableName: 'Orders',
    partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  });

  public byPiece(orders: dynamodb.ITable, bucket: s3.IBucket, analyst: iam.IGrantable): void {
    // A table of your app. Its recovery and its encryption are checked, its policy gets what Glue needs.
    new ZeroEtlSource(this, 'Source', { table: orders });

    // A lakehouse in a bucket of yours. `database`, `role`, `catalogPolicy` and `provider` can be brought along, too.
    const target = new ZeroEtlTarget(this, 'Target', {
      sourceAccount: '111111111111',
      databaseName: 'orders_lakehouse',
      bucket,
      tables: [{
        tableName: 'Orders',
        unnestSpec: UnnestSpec.TOPLEVEL,
        partitionSpec: [{ fieldName: 'created_at', functionSpec: PartitionFunction.DAY, conversionSpec: TimestampConversion.ISO }],
      }],
    });
    target.addTable({ tableName: 'Returns' });
    target.grantRead(analyst);

    // The integration, in the account of the table.
    new ZeroEtlIntegration(this, 'Integration', {
      integrationName: 'orders', tableName: 'Orders', targetAccount: '222222222222', databaseName: 'orders_lakehouse',
    });
  }

  public share(catalogArn: string, databaseArn: string): void {
    const policy = new GlueResourcePolicy(this, 'CatalogPolicy');
    policy.addStatement(new iam.PolicyStatement({
      sid: 'ShareWithAnalytics',
      principals: [new iam.AccountPrincipal('333333333333')],
      actions: ['glue:GetDatabase', 'glue:GetTable'],
      resources: [catalogArn, databaseArn],
    }));
  }
}

function whole(): CrossAccountZeroEtl {
  return new CrossAccountZeroEtl(testApp(), 'orders-lakehouse-dev', {
    source: { account: '111111111111', region: 'us-east-1' },
    target: { account: '222222222222', region: 'us-east-1' },
    databaseName: 'orders_lakehouse_dev',
    tables: [{ tableName: 'Orders', partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING } }],
  });
}

function rules(app: App): void {
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin({
    guardRules: [{ name: 'zeroetl.guard', content: readFileSync(require.resolve('../rules/zeroetl.guard'), 'utf8') }],
  }));
}

test('the first example makes three stacks without a word', () => {
  const { sourceStack, targetStack, integrationStack } = whole();
  const stacks = [sourceStack, targetStack, integrationStack];
  expect(stacks.map((it) => it.stackName)).toEqual(['orders-lakehouse-dev-source', 'orders-lakehouse-dev-target', 'orders-lakehouse-dev-integration']);
  expect(stacks.flatMap((it) => [...errors(it), ...warnings(it)])).toEqual([]);
});

test('the pieces fit together', () => {
  const piece = new Piece(testApp(), 'Piece', { env: SOURCE });
  piece.byPiece(piece.orders(), new s3.Bucket(piece, 'Bucket'), new iam.Role(piece, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
  expect([...errors(piece), ...warnings(piece)]).toEqual([]);
  assertions.Template.fromStack(piece).resourceCountIs('Custom::IntegrationTableProperties', 2);
});

test('the catalog policy takes the statement', () => {
  const piece = new Piece(testApp(), 'Piece', { env: TARGET });
  const arn = (resource: string) => piece.formatArn({ service: 'glue', resource });
  piece.share(arn('catalog'), arn('database/orders'));
  expect(errors(piece)).toEqual([]);
  expect(() => assertions.Template.fromStack(piece)).not.toThrow();
});

test('the rules can be added to an app', () => {
  expect(() => rules(testApp())).not.toThrow();
});

test('what the README shows is what runs here', () => {
  const here = flat(readFileSync(__filename, 'utf8'))
    .replaceAll('testApp()', 'new App()').replaceAll('../rules', 'zeroetl-cdk/rules').replace('return new Cross', 'new Cross');
  const shown = [...read('README.md').matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code.replace(/^import .*\n/gm, ''));
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.map(flat).filter((code) => !here.includes(code))).toEqual([]);
});

test('AGENTS.md is in the package and names nothing that is not there', () => {
  expect(JSON.parse(read('package.json')).files).toContain('AGENTS.md');
  const advice = read('AGENTS.md');
  const known = read('API.md') + read('README.md') + Object.keys(assertions).join(' ');
  const names = [...advice.matchAll(/`([A-Za-z]+)(?:: true|\.[a-zA-Z]+)?`/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  for (const [, link] of advice.matchAll(/\]\(([^)]+)\)/g)) {
    expect([link, existsSync(join(room, link))]).toEqual([link, true]);
  }
});

function flat(code: string): string {
  return code.replace(/\s+/g, ' ').trim();
}
