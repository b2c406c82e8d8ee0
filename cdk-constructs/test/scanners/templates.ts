import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPOSITORY = join(__dirname, '..', '..', '..');

/** A template of ours. */
export interface Scanned {
  /** Where it comes from: `zero-etl/target`. */
  readonly name: string;
  readonly template: any;
}

/** What a scanner says: which rule finds something at which resource. */
export interface Finding {
  readonly id: string;
  readonly rule: string;
}

/** Every template that we ship, and those that the command makes of each config of its tests. */
export function templates(): Scanned[] {
  const shipped = join(REPOSITORY, 'templates');
  const cases = join(REPOSITORY, 'codegen', 'tests', 'cases');
  const folders = [
    ...readdirSync(shipped).map((name) => [name, join(shipped, name)]),
    ['zero-etl/deployer', join(shipped, 'zero-etl', 'deployer')],
    ...readdirSync(cases).map((name) => [`case ${name}`, join(cases, name, 'expected', 'zero-etl')]),
  ].filter(([, folder]) => statSync(folder, { throwIfNoEntry: false })?.isDirectory());
  const found = folders.flatMap(([name, folder]) => readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'published.json')
    .map((file) => ({ name: `${name}/${file.slice(0, -5)}`, template: JSON.parse(readFileSync(join(folder, file), 'utf8')) })));
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining([
    'zero-etl/deployer/target', 'service-catalog/launch-role-target', 'zero-etl/source', 'zero-etl/target', 'zero-etl/integration',
    'case kms/target', 'case lake-formation/target',
  ]));
  return found;
}

/**
 * The template as it is, and with all of its conditions met and unmet: scanners do not look into what stands under a
 * condition.
 */
export function forms(template: any): any[] {
  return template.Conditions === undefined ? [template] : [template, resolved(template, true), resolved(template, false)];
}

function resolved({ Conditions: _, Resources, Outputs, ...rest }: any, met: boolean): any {
  const there = (of: any) => Object.fromEntries(Object.entries<any>(of ?? {})
    .filter(([, it]) => met || it.Condition === undefined)
    .map(([id, { Condition: __, ...it }]) => [id, chosen(it, met)]));
  return { ...rest, Resources: there(Resources), Outputs: there(Outputs) };
}

const NOTHING = Symbol('AWS::NoValue');

function chosen(value: any, met: boolean): any {
  if (Array.isArray(value)) {
    return value.map((it) => chosen(it, met)).filter((it) => it !== NOTHING);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  if (value['Fn::If'] !== undefined) {
    return chosen(value['Fn::If'][met ? 1 : 2], met);
  }
  if (value.Ref === 'AWS::NoValue') {
    return NOTHING;
  }
  return Object.fromEntries(Object.entries(value)
    .map(([key, it]) => [key, chosen(it, met)]).filter(([, it]) => it !== NOTHING));
}

/** Lends a path for each template, as long as it is looked at. */
export function onDisk<T>(all: any[], look: (paths: string[]) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'zeroetl-scan-'));
  try {
    const paths = all.map((template, index) => join(folder, `${index}.json`));
    paths.forEach((path, index) => writeFileSync(path, JSON.stringify(all[index])));
    return look(paths);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Holds what was found against what is suppressed: neither may be without the other. */
export function compared(found: Finding[], suppressed: Finding[]): { open: string[]; stale: string[] } {
  const lines = (of: Finding[]) => [...new Set(of.map(({ id, rule }) => `${id}: ${rule}`))].sort();
  const [is, was] = [lines(found), lines(suppressed)];
  return { open: is.filter((it) => !was.includes(it)), stale: was.filter((it) => !is.includes(it)) };
}

/** Nothing is open, and no suppression is stale. */
export const CLEAN = { open: [], stale: [] };
