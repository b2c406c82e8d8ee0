import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GlueResourcePolicy, ZeroEtlProvider, ZeroEtlProviderProps } from '../src';
import { app, errors, only, stack, TARGET } from './synth';

test('one function serves a stack, however often it is asked for', () => {
  const here = stack();
  expect(ZeroEtlProvider.getOrCreate(here)).toBe(ZeroEtlProvider.getOrCreate(here));
  Template.fromStack(here).resourceCountIs('AWS::Lambda::Function', 1);
});

test('each stack has its own function', () => {
  const all = app();
  const [one, other] = ['One', 'Other'].map((id) => new Stack(all, id, { env: TARGET }));
  ZeroEtlProvider.getOrCreate(one);
  ZeroEtlProvider.getOrCreate(other);
  Template.fromStack(one).resourceCountIs('AWS::Lambda::Function', 1);
  Template.fromStack(other).resourceCountIs('AWS::Lambda::Function', 1);
});

test('other settings make another function', () => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here);
  ZeroEtlProvider.getOrCreate(here, { memorySize: 256 });
  ZeroEtlProvider.getOrCreate(here, { memorySize: 256 });
  ZeroEtlProvider.getOrCreate(here, { architecture: lambda.Architecture.ARM_64 });
  Template.fromStack(here).resourceCountIs('AWS::Lambda::Function', 3);
});

test('the function runs the binary, with the time and memory of the templates', () => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here);
  expect(only(here, 'AWS::Lambda::Function').Properties).toMatchObject({
    Runtime: 'provided.al2023', Handler: 'bootstrap', Timeout: 120, MemorySize: 128, Architectures: ['x86_64'],
  });
});

test('another copy of the library, or anything else with its id, is left alone', () => {
  const here = stack();
  const theirs = new Construct(here, 'ZeroEtlProvider');
  const ours = ZeroEtlProvider.getOrCreate(here);
  expect(ours).not.toBe(theirs);
  expect(ZeroEtlProvider.getOrCreate(here)).toBe(ours);
  expect(ours.node.id).toBe('ZeroEtlProvider2');
});

test('the log group goes with the stack and keeps the log for a while', () => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here);
  expect(only(here, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
});

test('a log group of the app is used', () => {
  const here = stack();
  const logGroup = new logs.LogGroup(here, 'Mine', { retention: logs.RetentionDays.ONE_DAY });
  ZeroEtlProvider.getOrCreate(here, { logGroup });
  expect(only(here, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(1);
});

test('the role writes to its own log group only, and has no managed policy', () => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here);
  const { Properties } = only(here, 'AWS::IAM::Role');
  expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  expect(Properties.Policies[0].PolicyDocument.Statement).toEqual([expect.objectContaining({
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringContaining('LogGroup'), 'Arn'] },
  })]);
});

test('in a VPC the role may make network interfaces', () => {
  const here = stack();
  const vpc = new ec2.Vpc(here, 'Vpc', { maxAzs: 1 });
  ZeroEtlProvider.getOrCreate(here, { vpc });
  const template = Template.fromStack(here);
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: [{}] } });
  expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain('AWSLambdaVPCAccessExecutionRole');
});

test('a permissions boundary holds for the new role', () => {
  const here = stack();
  const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyName(here, 'Boundary', 'boundary');
  ZeroEtlProvider.getOrCreate(here, { permissionsBoundary });
  expect(JSON.stringify(only(here, 'AWS::IAM::Role').Properties.PermissionsBoundary)).toContain('policy/boundary');
});

test('a role of the app may make network interfaces too, before the function is there', () => {
  const here = stack();
  const vpc = new ec2.Vpc(here, 'Vpc', { maxAzs: 1 });
  const role = new iam.Role(here, 'Mine', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  ZeroEtlProvider.getOrCreate(here, { vpc, role });
  const [id, policy] = Object.entries<any>(Template.fromStack(here).findResources('AWS::IAM::Policy'))[0];
  expect(policy.Properties.PolicyDocument.Statement.flatMap((it: any) => it.Action)).toContain('ec2:CreateNetworkInterface');
  expect(only(here, 'AWS::Lambda::Function').DependsOn).toContain(id);
});

test('the id depends neither on the rest of the app nor on the machine', () => {
  const idWith = (others: number, folder: string) => {
    const here = stack();
    for (let other = 0; other < others; other += 1) {
      new iam.ManagedPolicy(here, `Other${other}`).managedPolicyArn.toString();
    }
    const permissionsBoundary = new iam.ManagedPolicy(here, 'Boundary');
    const zipPath = join(folder, 'provider');
    cpSync(join(__dirname, 'fixtures', 'provider'), zipPath, { recursive: true });
    return ZeroEtlProvider.getOrCreate(here, { permissionsBoundary, zipPath }).node.id;
  };
  const folders = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), name)));
  expect(idWith(3, folders[1])).toBe(idWith(0, folders[0]));
  folders.forEach((folder) => rmSync(folder, { recursive: true }));
});

test.each<[string, (here: Stack) => ZeroEtlProviderProps]>([
  ['permissionsBoundary', (here) => ({
    role: new iam.Role(here, 'Mine', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
    permissionsBoundary: iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'),
  })],
  ['logRetention', (here) => ({ logGroup: new logs.LogGroup(here, 'Mine'), logRetention: logs.RetentionDays.ONE_DAY })],
])('%s without effect is an error', (setting, props) => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here, props(here));
  expect(errors(here)).toEqual([expect.stringMatching(new RegExp(`${setting} is for a new .*zeroetl-cdk:provider-settings`))]);
});

test('a role of the app gets the permissions, and custom resources wait for them', () => {
  const here = stack();
  const role = new iam.Role(here, 'Mine', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const provider = ZeroEtlProvider.getOrCreate(here, { role });
  new GlueResourcePolicy(here, 'Policy', {
    provider,
    statements: [new iam.PolicyStatement({
      principals: [new iam.AccountPrincipal('333333333333')], actions: ['glue:GetTable'],
      resources: ['arn:aws:glue:us-east-1:222222222222:catalog'],
    })],
  });
  const [policy] = Object.keys(Template.fromStack(here).findResources('AWS::IAM::Policy'));
  const [events] = Object.keys(Template.fromStack(here).findResources('AWS::Lambda::EventInvokeConfig'));
  expect(only(here, 'Custom::GlueResourcePolicy').DependsOn.sort()).toEqual([policy, events].sort());
  expect(JSON.stringify(only(here, 'AWS::IAM::Policy'))).toContain('glue:PutResourcePolicy');
});

test('a role of the app that Lambda could not assume is refused', () => {
  const here = stack();
  ZeroEtlProvider.getOrCreate(here, { role: new iam.Role(here, 'Mine', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com') }) });
  expect(() => Template.fromStack(here)).toThrow(/does not trust `lambda.amazonaws.com`/);
});

test('another zip can be given by property', () => {
  const here = new Stack(new App(), 'Stack', { env: TARGET });
  ZeroEtlProvider.getOrCreate(here, { zipPath: join(__dirname, 'fixtures', 'provider') });
  Template.fromStack(here).resourceCountIs('AWS::Lambda::Function', 1);
});

test('a processor without a zip in the package is refused, with what to do', () => {
  const here = new Stack(new App(), 'Stack', { env: TARGET });
  expect(() => ZeroEtlProvider.getOrCreate(here, { architecture: lambda.Architecture.custom('riscv') }))
    .toThrow(/no provider for `riscv`; use another architecture, or give the path of a zip as `zipPath`/);
});
