import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyOf, LocalAws, must, run, SOURCE, TARBALL, TARGET } from './world';

const DATABASE = `arn:aws:glue:us-east-1:${TARGET}:database/orders_lakehouse_dev`;
const THEIRS = {
  Sid: 'Theirs', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::333333333333:root' }, Action: 'glue:GetTable',
  Resource: `arn:aws:glue:us-east-1:${TARGET}:catalog`,
};

let aws: LocalAws;
let app: string;

const cdk = (...args: string[]) => run('npx', ['cdk', '--no-notices', ...args], app, aws.env(SOURCE));
const deploy = () => cdk('deploy', '--all', '--require-approval', 'never', '--progress', 'events');
const statements = (): any[] => JSON.parse(aws.ask(TARGET, 'glue', 'get-resource-policy').PolicyInJson).Statement;
const properties = (table: string) =>
  aws.ask(TARGET, 'glue', 'get-integration-table-properties', '--resource-arn', DATABASE, '--table-name', table);
const integrations = (): string[] => aws.ask(SOURCE, 'glue', 'describe-integrations').Integrations
  .map((it: any) => `${it.IntegrationName} ${it.Status}`).sort();

/** Changes the parameters file, as somebody would in an editor. */
function edit(from: string, to: string): void {
  const file = join(app, 'lib', 'parameters.ts');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

beforeAll(async () => {
  app = copyOf('cdk-app');
  must('npm', ['install', '--no-audit', '--no-fund', '--silent', TARBALL], app);
  aws = await LocalAws.start();
  aws.ask(TARGET, 'glue', 'put-resource-policy', '--policy-in-json', JSON.stringify({ Version: '2012-10-17', Statement: [THEIRS] }));
});

afterAll(() => aws?.stop());

test('the example type-checks against the package', () => {
  must('npm', ['run', '--silent', 'typecheck'], app);
});

test('both accounts are bootstrapped', () => {
  for (const account of [SOURCE, TARGET]) {
    // With a key of its own: the local AWS has no key of S3 to fall back to.
    must('npx', ['cdk', '--no-notices', 'bootstrap', `aws://${account}/us-east-1`, '--trust', SOURCE, '--bootstrap-customer-key',
      '--cloudformation-execution-policies', 'arn:aws:iam::aws:policy/AdministratorAccess'], app, aws.env(account));
  }
});

test('deploy makes the whole flow and keeps the statement that was there', () => {
  const { code, text } = deploy();
  expect([code, code === 0 ? '' : text]).toEqual([0, '']);
  const found = statements();
  expect(found).toContainEqual(THEIRS);
  expect(found.map((it) => it.Action).sort()).toEqual([
    'glue:AuthorizeInboundIntegration', 'glue:CreateInboundIntegration', 'glue:GetTable',
  ]);
  expect(properties('Orders').TargetTableConfig).toEqual({ UnnestSpec: 'TOPLEVEL', TargetTableName: 'orders' });
  expect(integrations()).toEqual(['orders-lakehouse-dev-Orders ACTIVE']);
});

test('deploying again changes nothing', () => {
  const { code, text } = deploy();
  expect([code, text.match(/\(no changes\)/g)]).toEqual([0, ['(no changes)', '(no changes)', '(no changes)']]);
});

test('an update adds a table to policy, properties and integrations', () => {
  edit('tables: [orders],', 'tables: [orders, returns],');
  edit('export const parameters', `const returns: ReplicatedTable = { ...orders, tableName: 'Returns', targetTableName: 'returns' };

export const parameters`);
  const { code, text } = deploy();
  expect([code, code === 0 ? '' : text]).toEqual([0, '']);
  const ours = statements().filter((it) => it.Sid !== 'Theirs');
  expect(ours).toHaveLength(2);
  for (const statement of ours) {
    expect(statement.Condition.StringEquals['aws:SourceArn']).toEqual([
      `arn:aws:dynamodb:us-east-1:${SOURCE}:table/Orders`, `arn:aws:dynamodb:us-east-1:${SOURCE}:table/Returns`,
    ]);
  }
  expect(properties('Returns').TargetTableConfig.TargetTableName).toBe('returns');
  expect(integrations()).toEqual(['orders-lakehouse-dev-Orders ACTIVE', 'orders-lakehouse-dev-Returns ACTIVE']);
});

test('a failure shows the reason of the provider, and is rolled back', () => {
  edit('UnnestSpec.TOPLEVEL', 'UnnestSpec.FULL');
  const { code, text } = deploy();
  expect(code).not.toBe(0);
  expect(text).toMatch(/orders-lakehouse-dev-target failed to deploy.*Custom::IntegrationTableProperties.*AllowResync/);
  expect(text).toMatch(/CloudWatch Log Stream: \S+ /);
  expect(properties('Orders').TargetTableConfig.UnnestSpec).toBe('TOPLEVEL');
  expect(statements()).toContainEqual(THEIRS);
  edit('UnnestSpec.FULL', 'UnnestSpec.TOPLEVEL');
});

test('destroy takes back what was made, leaves what was there, and keeps the data', () => {
  const { code, text } = cdk('destroy', '--all', '--force');
  expect([code, code === 0 ? '' : text]).toEqual([0, '']);
  expect(statements()).toEqual([THEIRS]);
  expect(properties('Orders')).toContain('EntityNotFoundException');
  expect(properties('Returns')).toContain('EntityNotFoundException');
  expect(integrations()).toEqual([]);
  expect(aws.ask(SOURCE, 'dynamodb', 'list-tables').TableNames).toEqual(expect.arrayContaining(['Orders', 'Returns']));
  expect(aws.ask(TARGET, 'glue', 'get-database', '--name', 'orders_lakehouse_dev').Database.Name).toBe('orders_lakehouse_dev');
  const left = aws.ask(TARGET, 'cloudformation', 'list-stacks', '--stack-status-filter', 'CREATE_COMPLETE', 'UPDATE_COMPLETE');
  expect(left.StackSummaries.map((it: any) => it.StackName)).toEqual(['CDKToolkit']);
});
