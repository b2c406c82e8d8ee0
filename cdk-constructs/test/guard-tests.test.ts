import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// `cfn-guard test` itself, in the version that the validator of CDK brings along.

const GUARD: string = (new CfnGuardValidator() as any).guard;
const ROOM = join(__dirname, '..');
const RULES = join(ROOM, 'rules', 'zeroetl.guard');
const TESTS = join(ROOM, 'rules', 'zeroetl_tests.yaml');
const HOSTILE = join(__dirname, 'fixtures', 'hostile');

/** cfn-guard prints every value that it looked at. */
const OUTPUT = 64 * 1024 * 1024;

/** The status, and each test with the rules that did what was expected, those that did not, and those of which nothing was. */
function tested(rules: string, tests: string): { status: number | null; cases: any[] } {
  const { status, stdout } = spawnSync(GUARD, ['test', '--rules-file', rules, '--test-data', tests, '--output-format', 'json'], { encoding: 'utf8', maxBuffer: OUTPUT });
  return { status, cases: JSON.parse(stdout).test_cases };
}

test.each([
  ['our rules', RULES, TESTS, 60],
  ['hostile rules', join(HOSTILE, 'hostile.guard'), join(HOSTILE, 'hostile_tests.yaml'), 20],
])('the unit tests of %s pass', (_, rules, tests, least) => {
  const { status, cases } = tested(rules, tests);
  const surprises = cases.filter((it) => it.failed_rules.length + it.skipped_rules.length > 0);
  expect([status, surprises]).toEqual([0, []]);
  expect(cases.length).toBeGreaterThan(least);
});

test('every rule has tests that it passes, fails and skips', () => {
  const results = new Map<string, Set<string>>();
  for (const { name, evaluated } of tested(RULES, TESTS).cases.flatMap((it) => it.passed_rules)) {
    results.set(name, (results.get(name) ?? new Set()).add(evaluated));
  }
  const rules = [...readFileSync(RULES, 'utf8').matchAll(/^rule (\w+)/gm)].map(([, name]) => name);
  expect(rules.length).toBeGreaterThan(1);
  expect(Object.fromEntries(results)).toEqual(Object.fromEntries(rules.map((name) => [name, new Set(['PASS', 'FAIL', 'SKIP'])])));
});

/** What is refused in the template of each test that expects it. */
function refusals(): string[][] {
  const tests = readFileSync(TESTS, 'utf8').split(/^(?=- name: )/m).filter((it) => /: FAIL$/m.test(it));
  const folder = mkdtempSync(join(tmpdir(), 'zeroetl-guard-'));
  try {
    tests.forEach((it, index) => {
      const [, input] = /^ {2}input:\n([^]*)^ {2}expectations:/m.exec(it)!;
      writeFileSync(join(folder, `${index}.yaml`), input.replace(/^ {4}/gm, ''));
    });
    const { stdout } = spawnSync(GUARD, ['validate', '--rules', RULES, '--data', folder, '--structured', '--output-format', 'json',
      '--show-summary', 'none'], { encoding: 'utf8', maxBuffer: OUTPUT });
    const reports: any[] = JSON.parse(stdout);
    return reports.map((it) => [...new Set([...JSON.stringify(it).matchAll(/"custom_message":("(?:[^"\\]|\\.)+")/g)].map(([, text]) => JSON.parse(text)))]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every check is all that a test of its own breaks, so that none can be lost unnoticed', () => {
  const all = refusals();
  expect(all.filter((messages) => messages.length === 0)).toEqual([]);
  const alone = all.filter((messages) => messages.length === 1).flat();
  const unnoticed = [...readFileSync(RULES, 'utf8').matchAll(/<<(.*)>>$/gm)].map(([, message]) => message).filter((message) => {
    const at = alone.indexOf(message);
    return at < 0 || alone.splice(at, 1).length === 0;
  });
  // The patterns of these refuse what the lengths refuse.
  const force = ['ForceUpdate: Expected: 1 to 256 characters.', 'ForceUpdate takes up to 256 characters'];
  expect(unnoticed).toEqual([...force, 'TargetTableConfig.TargetTableName takes up to 128 characters', ...force]);
});
