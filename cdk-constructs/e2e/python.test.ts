import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyOf, must, ROOT, synthesized, template, WORK } from './world';

const STACKS = ['source', 'target', 'integration'].map((kind) => `orders-lakehouse-dev-${kind}`);

test('the Python example, from a wheel, synthesizes what the TypeScript example does', () => {
  const wheels = join(WORK, 'wheel');
  rmSync(wheels, { recursive: true, force: true, maxRetries: 5 });
  must('npx', ['jsii-pacmak', '-t', 'python', '-o', wheels], join(ROOT, 'cdk-constructs'));
  const wheel = readdirSync(join(wheels, 'python')).find((name) => name.endsWith('.whl'))!;

  const python = copyOf('cdk-app-python');
  const venv = join(WORK, 'venv');
  must('python3', ['-m', 'venv', venv], ROOT);
  const others = readFileSync(join(python, 'requirements.txt'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('zeroetl-cdk'));
  must(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--force-reinstall', '--no-deps', join(wheels, 'python', wheel)], ROOT);
  must(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...others], ROOT);
  must(join(venv, 'bin', 'python'), ['app.py'], python, { CDK_OUTDIR: join(python, 'cdk.out') });

  const typescript = synthesized('app-newest');
  for (const stack of STACKS) {
    expect(template(join(python, 'cdk.out'), stack)).toEqual(template(join(typescript, 'cdk.out'), stack));
  }
});
