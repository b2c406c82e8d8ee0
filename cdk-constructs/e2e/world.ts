import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
/** Everything that the tests write. */
export const WORK = join(ROOT, 'target', 'cdk');
export const TARBALL = join(WORK, `zeroetl-cdk-${require('../package.json').version}.tgz`);
export const SOURCE = '111111111111';
export const TARGET = '222222222222';

export interface Ended {
  readonly code: number | null;
  /** What it printed, without colours and with each run of white space as one space. */
  readonly text: string;
}

export function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ended {
  const ended = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (ended.error !== undefined) {
    throw ended.error;
  }
  // eslint-disable-next-line no-control-regex
  const text = `${ended.stdout}\n${ended.stderr}`.replace(/\u001b\[[0-9;]*m/g, '').replace(/\s+/g, ' ');
  return { code: ended.status, text };
}

/** Runs what has to go well, and shows what it printed where it does not. */
export function must(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ended {
  const ended = run(command, args, cwd, env);
  if (ended.code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${ended.code}:\n${ended.text}`);
  }
  return ended;
}

/** The TypeScript example with the packed package, synthesized: once for all tests that ask for the same folder. */
export function synthesized(folder: string, ...packages: string[]): string {
  const app = join(WORK, folder);
  const done = join(app, 'done');
  if (existsSync(done) && statSync(done).mtimeMs > statSync(TARBALL).mtimeMs) {
    return app;
  }
  copyOf('cdk-app', folder);
  must('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages, TARBALL], app);
  must('npm', ['run', '--silent', 'typecheck'], app);
  must('npx', ['cdk', '--no-notices', 'synth', '--quiet'], app, { CDK_DISABLE_CLI_TELEMETRY: '1' });
  writeFileSync(done, '');
  return app;
}

/** A copy of an example of this repository. */
export function copyOf(example: string, folder = example): string {
  const copy = join(WORK, folder);
  rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  cpSync(join(ROOT, 'examples', example), copy, {
    recursive: true, filter: (path) => !/node_modules|cdk\.out|__pycache__/.test(path),
  });
  return copy;
}

/** The resources and outputs of a synthesized stack, without what the CDK adds of its own. */
export function template(folder: string, stack: string): any {
  const { Resources, Outputs } = JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
  delete Resources.CDKMetadata;
  for (const resource of Object.values<any>(Resources)) {
    delete resource.Metadata;
  }
  return { Resources, Outputs };
}

/** The local AWS, for as long as a test runs. */
export class LocalAws {
  public static async start(): Promise<LocalAws> {
    const folder = join(WORK, 'local-aws');
    const ready = join(folder, 'ready');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    mkdirSync(folder, { recursive: true });
    const server = spawn(join(ROOT, 'target', 'venv', 'bin', 'python'), [
      join(ROOT, 'tests', 'local-aws', 'serve.py'), '--state-dir', join(folder, 'state'), '--ready-file', ready,
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (let waited = 0; !existsSync(ready); waited += 100) {
      if (server.exitCode !== null || waited > 30_000) {
        throw new Error(`the local AWS did not start, exit code ${server.exitCode}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return new LocalAws(server, JSON.parse(readFileSync(ready, 'utf8')).endpoint);
  }

  private constructor(private readonly server: ChildProcess, private readonly endpoint: string) {}

  public stop(): void {
    this.server.kill('SIGTERM');
  }

  /** The environment in which an account's commands run. A key id of twelve digits selects the account. */
  public env(account: string): NodeJS.ProcessEnv {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: undefined,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: '1',
      NO_COLOR: '1',
    };
  }

  /** Asks AWS as an account; an error comes back as its text. */
  public ask(account: string, ...args: string[]): any {
    const ended = spawnSync(join(ROOT, 'target', 'venv', 'bin', 'aws'), [...args, '--output', 'json'], {
      env: { ...process.env, ...this.env(account) }, encoding: 'utf8',
    });
    return ended.status === 0 ? JSON.parse(ended.stdout || 'null') : ended.stderr.trim();
  }
}
