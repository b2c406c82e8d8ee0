import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CLEAN, compared, Finding, forms, onDisk, templates } from './templates';

// AwsSolutions over the templates. cdk-nag 2 reads the suppressions by itself when a template is included; cdk-nag 3
// knows no suppressions in templates, so they are compared here.

/** What cdk-nag 2 calls a rule that breaks off. */
const BROKEN_OFF = 'CdkNagValidationFailure';

function findings(template: any): Finding[] {
  return onDisk(forms(bucketByReference(template)), (paths) => paths.flatMap((templateFile) => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
    new CfnInclude(stack, 'Template', { templateFile });
    return new AwsSolutionsChecks().validateScope(stack).violations.flatMap((it) => {
      const rule = it.description.startsWith('Rule threw') ? `${BROKEN_OFF}[${it.ruleName}]` : it.ruleName;
      return it.violatingResources.map((at) => ({ id: at.constructPath!.split('/').at(-1)!, rule }));
    });
  }));
}

/**
 * The template with the bucket's policy tied to it by reference. S10 looks for the policy by the reference only; ours
 * has the bucket's name where one is given, so that the policy that is kept can be imported.
 */
function bucketByReference(template: any): any {
  if (template.Resources.Bucket === undefined || template.Resources.BucketPolicy === undefined) {
    return template;
  }
  const copy = structuredClone(template);
  copy.Resources.BucketPolicy.Properties.Bucket = { Ref: 'Bucket' };
  return copy;
}

interface Suppression {
  readonly at: string;
  readonly id: string;
  readonly reason: string;
  readonly applies_to?: Array<string | { regex: string }>;
}

function suppressions(template: any): Suppression[] {
  return Object.entries<any>(template.Resources).flatMap(([at, { Metadata }]) =>
    (Metadata?.cdk_nag?.rules_to_suppress ?? []).map((it: any) => ({ ...it, at })));
}

/** The suppressions by what they suppress; a pattern stands for what it matches, if anything. */
function suppressed(template: any, found: Finding[]): Finding[] {
  return suppressions(template).flatMap(({ at, id, applies_to }) => (applies_to ?? ['']).flatMap((finding) => {
    if (typeof finding === 'string') {
      return [{ id: at, rule: finding === '' ? id : `${id}[${finding}]` }];
    }
    const pattern = new RegExp(finding.regex.slice(1, -1));
    const matched = found.filter((it) => it.id === at && it.rule.startsWith(`${id}[`) && pattern.test(it.rule.slice(id.length + 1)));
    return matched.length > 0 ? matched : [{ id: at, rule: `${id}[${finding.regex}]` }];
  }));
}

/** What is open and what is stale in a template. */
function looked(template: any): { open: string[]; stale: string[] } {
  const found = findings(template);
  return compared(found, suppressed(template, found));
}

const all = templates();

test.each(all)('AwsSolutions finds nothing in $name but what is suppressed', ({ template }) => {
  expect(looked(template)).toEqual(CLEAN);
});

test.each(all)('every suppression of cdk-nag in $name has a reason', ({ template }) => {
  for (const { at, id, reason } of suppressions(template)) {
    expect([at, id, reason]).toEqual([at, id, expect.stringMatching(/^[\x20-\x7e]{40,}$/)]);
  }
});

/** The target stack, with something changed. */
function changed(change: (resources: any) => void): any {
  const template = structuredClone(all.find(({ name }) => name === 'zero-etl/target')!.template);
  change(template.Resources);
  return template;
}

test('a bucket that takes requests without TLS is found', () => {
  const template = changed((resources) => delete resources.BucketPolicy.Properties.PolicyDocument.Statement[0].Condition);
  expect(looked(template)).toEqual({ open: ['Bucket: AwsSolutions-S10', 'BucketPolicy: AwsSolutions-S10'], stale: [] });
});

test('a wildcard is found where a condition hides it', () => {
  const template = changed((resources) => {
    resources.TargetRole.Properties.Policies[1]['Fn::If'][1].PolicyDocument.Statement[0].Action = 'kms:*';
  });
  expect(looked(template)).toEqual({
    open: ['TargetRole: AwsSolutions-IAM5[Action::kms:*]'],
    stale: ['TargetRole: AwsSolutions-IAM5[Action::kms:GenerateDataKey*]'],
  });
});

test('a suppression that nothing finds is found', () => {
  const template = changed((resources) => {
    resources.Bucket.Properties.LoggingConfiguration = { DestinationBucketName: 'logs' };
  });
  expect(looked(template)).toEqual({ open: [], stale: ['Bucket: AwsSolutions-S1'] });
});
