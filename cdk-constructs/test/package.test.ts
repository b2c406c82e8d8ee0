import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const room = join(__dirname, '..');
const read = (...path: string[]) => readFileSync(join(room, ...path), 'utf8');
const manifest = JSON.parse(read('package.json'));

test('the version is that of the whole project', () => {
  expect(read('..', 'Cargo.toml')).toContain(`version = "${manifest.version}"`);
});

test('the package brings the rules and their tests', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: room, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const paths: string[] = JSON.parse(packed)[0].files.map(({ path }: any) => path);
  expect(paths.filter((path) => path.startsWith('rules')).sort()).toEqual(['rules/zeroetl.guard', 'rules/zeroetl_tests.yaml']);
});

test('the lock file names no registry', () => {
  const lock = read('package-lock.json');
  expect(lock).toContain('"integrity"');
  expect(lock).not.toContain('"resolved"');
});

test.each([['cdk-constructs', '.'], ['the example', join('..', 'examples', 'cdk-app')]])('%s pins every development dependency', (_, folder) => {
  const { devDependencies } = JSON.parse(read(folder, 'package.json'));
  for (const [name, version] of Object.entries(devDependencies)) {
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  }
});

test('the CLI of the example is not the 3.0.0 that was published by mistake', () => {
  const { devDependencies } = JSON.parse(read('..', 'examples', 'cdk-app', 'package.json'));
  expect(devDependencies['aws-cdk']).toMatch(/^2\.(1148|1149|11[5-9]\d|1[2-9]\d\d)\./);
});

test('every id of an error or warning is in the README', () => {
  const sources = readdirSync(join(room, 'src', 'core')).map((file) => read('src', 'core', file)).join('\n');
  const ids = [...sources.matchAll(/(?:addError|addWarning|checkLimit)\(\s*(?:this|scope|stack|this\.targetStack), '([a-z-]+)'/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBeGreaterThan(20);
  const readme = read('README.md');
  expect([...new Set(ids)].filter((id) => !readme.includes(`:${id}\``))).toEqual([]);
});
