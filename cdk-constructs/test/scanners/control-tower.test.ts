import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { CLEAN, compared, Finding, forms, onDisk, templates } from './templates';

// The proactive controls of Control Tower, by cfn-guard. The rules take no suppressions of their own, so those in the
// templates are compared here, in the spelling that the rules of AWS elsewhere read.

/** cfn-guard prints every value that it looked at. */
const OUTPUT = 256 * 1024 * 1024;

/** What is found in each template, all in one run. */
function findings(all: any[]): Finding[][] {
  const found: Finding[][] = all.map(() => []);
  const every = all.flatMap((template, index) => forms(template).map((form) => ({ form, index })));
  onDisk(every.map(({ form }) => form), (paths) => {
    const { violations } = new CfnGuardValidator({ maxBuffer: OUTPUT }).validate({ templatePaths: paths } as any);
    for (const { ruleName, violatingResources } of violations) {
      for (const at of violatingResources) {
        const { index } = every[paths.indexOf(at.templatePath!)];
        found[index].push({ id: at.resourceLogicalId!, rule: ruleName });
      }
    }
  });
  return found;
}

function suppressions(template: any): Finding[] {
  return Object.entries<any>(template.Resources).flatMap(([id, { Metadata }]) =>
    (Metadata?.guard?.SuppressedRules ?? []).map((rule: string) => ({ id, rule })));
}

const all = templates();
const found = findings(all.map(({ template }) => template));

test.each(all.map((it, index) => ({ ...it, found: found[index] })))(
  'the controls of Control Tower find nothing in $name but what is suppressed', (it) => {
    expect(compared(it.found, suppressions(it.template))).toEqual(CLEAN);
  });

test('an open bucket, a policy without TLS and a suppression that nothing finds are found', () => {
  const template = structuredClone(all.find(({ name }) => name === 'zero-etl/target')!.template);
  const { Bucket, BucketPolicy } = template.Resources;
  delete Bucket.Properties.PublicAccessBlockConfiguration;
  delete BucketPolicy.Properties.PolicyDocument.Statement[0].Condition;
  Bucket.Properties.VersioningConfiguration = { Status: 'Enabled' };
  expect(compared(findings([template])[0], suppressions(template))).toEqual({
    open: [
      'Bucket: s3_bucket_level_public_access_prohibited_check',
      'Bucket: s3_version_lifecycle_policy_check',
      'BucketPolicy: s3_bucket_policy_ssl_requests_only_check',
    ],
    stale: ['Bucket: s3_bucket_versioning_enabled_check'],
  });
});
