import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CrossAccountZeroEtl, CrossAccountZeroEtlProps } from '../src';
import { app, SOURCE, TARGET } from './synth';

beforeAll(() => {
  process.env.CDK_VALIDATION = 'true';
});

function flow(scope: App, props: Partial<CrossAccountZeroEtlProps> = {}): CrossAccountZeroEtl {
  return new CrossAccountZeroEtl(scope, 'shop-dev', {
    source: SOURCE, target: TARGET, databaseName: 'shop',
    tables: [{ tableName: 'Orders', partitionKey: { name: 'PK', type: dynamodb.AttributeType.STRING } }], ...props,
  });
}

function nagged(): App {
  const all = app();
  Validations.of(all).addPlugins(new AwsSolutionsChecks(all));
  return all;
}

test.each([true, false])('AwsSolutions has nothing to say of the flow, Lake Formation: %s', (lakeFormationManaged) => {
  const all = nagged();
  flow(all, { lakeFormationManaged });
  expect(() => all.synth()).not.toThrow();
});

test('it would say something of a bucket beside it', () => {
  const all = nagged();
  const { targetStack } = flow(all);
  new s3.Bucket(targetStack, 'Beside');
  expect(() => all.synth()).toThrow(/AwsSolutions-S1/);
});

test('every acknowledgement has a reason', () => {
  const { targetStack } = flow(app(), { lakeFormationManaged: true });
  const found = targetStack.node.findAll().flatMap((it) => it.node.metadata)
    .filter((it) => it.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((it) => Object.entries<any>(it.data));
  expect(found.length).toBeGreaterThan(4);
  for (const [id, reason] of found) {
    expect([id, typeof reason === 'string' ? reason : JSON.stringify(reason)]).toEqual([id, expect.stringMatching(/.{40,}/)]);
  }
});

/** What CDK's own validator says, which runs at the end of every synthesis. */
function findings(all: App): string[] {
  const report = join(all.synth().directory, 'validation-report.json');
  const violations = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8')).pluginReports.flatMap((it: any) => it.violations) : [];
  return violations.filter((it: any) => it.severity !== 'info').map((it: any) => `${it.ruleName} ${it.description}`);
}

test('the validator of CDK finds nothing in the flow, and would', () => {
  const all = app();
  flow(all, { lakeFormationManaged: true });
  expect(findings(all)).toEqual([]);
  const said = jest.spyOn(console, 'error').mockImplementation();
  const wrong = app();
  new CfnResource(new Stack(wrong, 'Wrong', { env: TARGET }), 'Bucket', {
    type: 'AWS::S3::Bucket', properties: { NoSuchProperty: true },
  });
  expect(findings(wrong)).toEqual([expect.stringContaining('NoSuchProperty')]);
  said.mockRestore();
});
