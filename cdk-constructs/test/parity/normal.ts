/** What a template means, in a form in which two of them can be compared. */
export interface Normal {
  readonly Description: string;
  readonly Resources: Record<string, any>;
  readonly Outputs: Record<string, any>;
}

/** What the stack is known to be in. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

/**
 * The template with everything taken out that is no meaning: the spelling of references and of joined texts, the ids of
 * resources (`rename`), the place of the provider's code, metadata, the order of a policy's statements, and dependencies
 * that a reference implies anyway.
 */
export function normal(template: any, place: Place, rename: (id: string, resource: any) => string): Normal {
  const resources: Record<string, any> = template.Resources;
  const names = new Map(Object.entries(resources).map(([id, resource]) => [id, rename(id, resource)]));
  if (new Set(names.values()).size !== names.size) {
    throw new Error(`two resources have one name: ${[...names.values()].sort().join(', ')}`);
  }
  const pseudo: Record<string, string> = {
    'AWS::AccountId': place.account, 'AWS::Region': place.region, 'AWS::Partition': 'aws', 'AWS::StackName': place.stackName,
  };
  const reference = (name: string) => pseudo[name] ?? `\${${name.replace(/^[^.]+/, (id) => names.get(id) ?? `?${id}`)}}`;
  const value = (of: any): any => {
    if (Array.isArray(of)) {
      return of.map(value);
    }
    if (of === null || typeof of !== 'object') {
      return of;
    }
    const keys = Object.keys(of);
    if (keys.length === 1) {
      const inner = of[keys[0]];
      switch (keys[0]) {
        case 'Ref': return reference(inner);
        case 'Fn::GetAtt': return reference(Array.isArray(inner) ? inner.join('.') : inner);
        case 'Fn::Join': return inner[1].map(value).join(inner[0]);
        case 'Fn::Sub': return substituted(inner, reference);
      }
    }
    return Object.fromEntries(keys.sort().map((key) => [key, key === 'Statement' ? bySid(value(of[key])) : value(of[key])]));
  };
  const plain: Record<string, any> = {};
  for (const [id, resource] of Object.entries(resources)) {
    const { Metadata, DependsOn, ...rest } = resource;
    plain[names.get(id)!] = value(rest);
    if (resource.Type === 'AWS::Lambda::Function') {
      plain[names.get(id)!].Properties.Code = 'the provider';
    }
    const waits = [DependsOn ?? []].flat().map((other: string) => names.get(other)!);
    if (waits.length > 0) {
      plain[names.get(id)!].DependsOn = waits;
    }
  }
  dropImplied(plain);
  const outputs = Object.fromEntries(Object.entries<any>(template.Outputs).map(([name, output]) => [name, value(output)]));
  return { Description: template.Description, Resources: plain, Outputs: outputs };
}

function bySid(statements: any[]): any[] {
  return [...statements].sort((one, other) => (one.Sid < other.Sid ? -1 : 1));
}

/** `Fn::Sub`, where `${!x}` stands for the text `${x}`. */
function substituted(text: string, reference: (name: string) => string): string {
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal, name) => (literal ? `\${${name}}` : reference(name)));
}

/** Takes out dependencies that follow from references and other dependencies, directly or over others. */
function dropImplied(resources: Record<string, any>): void {
  const refers = new Map(Object.entries(resources).map(([id, resource]) => {
    const text = JSON.stringify(resource.Properties ?? {});
    return [id, Object.keys(resources).filter((other) => other !== id && (text.includes(`\${${other}}`) || text.includes(`\${${other}.`)))];
  }));
  const reached = (from: string, over: Map<string, string[]>): Set<string> => {
    const seen = new Set<string>();
    const walk = (id: string) => {
      for (const next of over.get(id) ?? []) {
        if (!seen.has(next)) {
          seen.add(next);
          walk(next);
        }
      }
    };
    walk(from);
    return seen;
  };
  const waits = new Map([...refers].map(([id, others]) => [id, [...others, ...resources[id].DependsOn ?? []]]));
  for (const [id, resource] of Object.entries(resources)) {
    if (resource.DependsOn === undefined) {
      continue;
    }
    const implied = reached(id, refers);
    for (const other of waits.get(id)!) {
      reached(other, waits).forEach((it) => implied.add(it));
    }
    const left = resource.DependsOn.filter((other: string) => !implied.has(other)).sort();
    if (left.length > 0) {
      resource.DependsOn = left;
    } else {
      delete resource.DependsOn;
    }
  }
}

/** Where two values differ, one line each: `path: first | second`. */
export function differences(first: any, second: any, path = ''): string[] {
  const isObject = (value: any) => value !== null && typeof value === 'object';
  if (isObject(first) && isObject(second) && Array.isArray(first) === Array.isArray(second)) {
    const keys = [...new Set([...Object.keys(first), ...Object.keys(second)])];
    return keys.flatMap((key) => differences(first[key], second[key], path === '' ? key : `${path}.${key}`));
  }
  const shown = (value: any) => (value === undefined ? 'absent' : JSON.stringify(value));
  return shown(first) === shown(second) ? [] : [`${path}: ${shown(first)} | ${shown(second)}`];
}
