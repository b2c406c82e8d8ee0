// The provider's job as one would write it in Node with the AWS SDK, for the comparison in
// docs/reliability.md. The reply follows AWS's own `cfn-response` module, with a try around all
// and a status check added.
import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  CreateIntegrationTablePropertiesCommand,
  DeleteIntegrationTablePropertiesCommand,
  DeleteResourcePolicyCommand,
  DescribeInboundIntegrationsCommand,
  GetIntegrationTablePropertiesCommand,
  GetResourcePolicyCommand,
  GlueClient,
  PutResourcePolicyCommand,
  UpdateIntegrationTablePropertiesCommand,
} from "@aws-sdk/client-glue";

const glue = new GlueClient({
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 10000, throwOnRequestTimeout: true },
});
const POLICY = "Custom::GlueResourcePolicy";
const TABLE = "Custom::IntegrationTableProperties";
const ABSENT = ["EntityNotFoundException", "ResourceNotFoundException"];
const CONFLICT_TRIES = 10;

export async function handler(event, context) {
  let reply;
  try {
    const result = await work(event);
    reply = { Status: "SUCCESS", PhysicalResourceId: result.id, Data: result.data };
  } catch (error) {
    reply = {
      Status: "FAILED",
      Reason: `${error.message} (log stream ${context.logStreamName})`.slice(0, 1000),
      PhysicalResourceId: event.PhysicalResourceId ?? "could-not-create",
    };
  }
  await send(event, reply);
}

async function work(event) {
  const gone = event.RequestType === "Delete";
  switch (event.ResourceType) {
    case POLICY:
      return putPolicy(event, gone ? [] : owned(event));
    case TABLE:
      return gone ? deleteTable(event) : putTable(event);
    default:
      if (gone) return { id: event.PhysicalResourceId };
      throw new Error(`unknown type ${event.ResourceType}; use ${POLICY} or ${TABLE}`);
  }
}

async function send(event, reply) {
  const body = JSON.stringify({
    ...reply,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const url = new URL(event.ResponseURL);
  const { request } = url.protocol === "http:" ? http : https;
  await new Promise((resolve, reject) => {
    const put = request(
      {
        hostname: url.hostname,
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method: "PUT",
        headers: { "content-type": "", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume();
        if (answer.statusCode >= 400) reject(new Error(`the reply got ${answer.statusCode}`));
        else resolve();
      },
    );
    put.on("error", reject);
    put.end(body);
  });
}

// The catalog policy.

function marker(event) {
  const text = `${event.StackId}/${event.LogicalResourceId}`;
  return `Zetl${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

function statementsOf(document) {
  const statements = document?.Statement ?? [];
  return Array.isArray(statements) ? statements : [statements];
}

function owned(event) {
  let document = event.ResourceProperties.PolicyDocument;
  if (typeof document === "string") document = JSON.parse(document);
  if (document === null || typeof document !== "object") throw new Error("no PolicyDocument");
  return statementsOf(document).map((statement, index) => {
    for (const needed of ["Effect", "Action", "Principal", "Resource"]) {
      if (!(needed in statement)) {
        throw new Error(`PolicyDocument.Statement[${index}] has no ${needed}`);
      }
    }
    const sid = statement.Sid ?? "";
    if (!/^[A-Za-z0-9]*$/.test(sid)) {
      throw new Error(`PolicyDocument.Statement[${index}].Sid: use letters and digits`);
    }
    return { ...statement, Sid: marker(event) + (sid ? `S${sid}` : `N${index}`) };
  });
}

async function readPolicy() {
  try {
    const answer = await glue.send(new GetResourcePolicyCommand({}));
    if (!answer.PolicyInJson) return {};
    return { document: JSON.parse(answer.PolicyInJson), hash: answer.PolicyHash };
  } catch (error) {
    if (error.name === "EntityNotFoundException") return {};
    throw error;
  }
}

async function putPolicy(event, ours) {
  const properties = event.ResourceProperties ?? {};
  const prefix = marker(event);
  const id = event.PhysicalResourceId ?? `glue-policy-${prefix}`;
  const done = (hash) => ({ id, data: { Owner: prefix, PolicyHash: hash ?? "" } });
  for (let attempt = 0; attempt < CONFLICT_TRIES; attempt += 1) {
    const { document, hash } = await readPolicy();
    const before = statementsOf(document);
    const foreign = before.filter((one) => !String(one.Sid ?? "").startsWith(prefix));
    if (foreign.length && ours.length && properties.Mode === "Exclusive") {
      throw new Error(`${foreign.length} statements of others exist; use Mode Merge`);
    }
    const after = [...foreign, ...ours];
    if (isDeepStrictEqual(after, before)) return done(hash);
    try {
      if (!after.length) {
        await glue.send(new DeleteResourcePolicyCommand({ PolicyHashCondition: hash }));
        return done();
      }
      const merged = { ...(document ?? { Version: "2012-10-17" }), Statement: after };
      const answer = await glue.send(
        new PutResourcePolicyCommand({
          PolicyInJson: JSON.stringify(merged),
          EnableHybrid: (properties.EnableHybrid || "TRUE").toUpperCase(),
          ...(hash ? { PolicyHashCondition: hash } : { PolicyExistsCondition: "NOT_EXIST" }),
        }),
      );
      return done(answer.PolicyHash);
    } catch (error) {
      const again = ["ConditionCheckFailureException", "EntityNotFoundException"];
      if (!again.includes(error.name)) throw error;
      await sleep(Math.random() * 100 * 2 ** attempt);
    }
  }
  throw new Error("other writers kept changing the catalog policy");
}

// Table properties.

async function readTable(key) {
  try {
    return await glue.send(new GetIntegrationTablePropertiesCommand(key));
  } catch (error) {
    if (ABSENT.includes(error.name)) return undefined;
    throw error;
  }
}

function configs(properties) {
  const names = ["SourceTableConfig", "TargetTableConfig"];
  return Object.fromEntries(
    names.filter((name) => properties[name]).map((name) => [name, { ...properties[name] }]),
  );
}

const isTrue = (value) => String(value).toLowerCase() === "true";

async function putTable(event) {
  const properties = event.ResourceProperties;
  const key = { ResourceArn: properties.ResourceArn, TableName: properties.TableName };
  if (!key.ResourceArn || !key.TableName) throw new Error("give ResourceArn and TableName");
  const wanted = configs(properties);
  const id = `${key.ResourceArn}|${key.TableName}`;
  const target = wanted.TargetTableConfig ?? {};
  const data = {
    ...key,
    UnnestSpec: target.UnnestSpec ?? "FULL",
    TargetTableName: target.TargetTableName ?? "",
  };
  const live = await readTable(key);
  if (!live) {
    await glue.send(new CreateIntegrationTablePropertiesCommand({ ...key, ...wanted }));
    return { id, data };
  }
  const found = configs(live);
  const owner = found.TargetTableConfig?.IntegrationArn;
  delete found.TargetTableConfig?.IntegrationArn;
  if (isDeepStrictEqual(found, wanted)) return { id, data };
  const replacing = event.PhysicalResourceId !== undefined && event.PhysicalResourceId !== id;
  const making = event.RequestType === "Create" || replacing;
  if (making && !isTrue(properties.AdoptExisting)) {
    throw new Error("the table has other properties; set AdoptExisting to take them over");
  }
  if (owner) {
    const old = found.TargetTableConfig ?? {};
    const layout = ["UnnestSpec", "PartitionSpec"];
    const changed = layout.some((name) => !isDeepStrictEqual(old[name], target[name]));
    if (changed && !isTrue(properties.AllowResync)) {
      throw new Error(`${owner} uses the table; set AllowResync`);
    }
    wanted.TargetTableConfig = { ...target, IntegrationArn: owner };
  }
  await glue.send(new UpdateIntegrationTablePropertiesCommand({ ...key, ...wanted }));
  return { id, data };
}

async function deleteTable(event) {
  const id = event.PhysicalResourceId;
  const cut = id.lastIndexOf("|");
  let key = { ResourceArn: id.slice(0, Math.max(cut, 0)), TableName: id.slice(cut + 1) };
  if (cut < 0) {
    // Not an id of ours: the Create failed, or CloudFormation made it up.
    const properties = event.ResourceProperties ?? {};
    key = { ResourceArn: properties.ResourceArn, TableName: properties.TableName };
    const live = key.ResourceArn && key.TableName ? await readTable(key) : undefined;
    if (!live || !isDeepStrictEqual(configs(live), configs(properties))) return { id };
  }
  let Marker;
  do {
    const answer = await glue.send(
      new DescribeInboundIntegrationsCommand({ TargetArn: key.ResourceArn, Marker }),
    );
    for (const one of answer.InboundIntegrations ?? []) {
      if (one.SourceArn.endsWith(`:table/${key.TableName}`) && one.Status !== "FAILED") {
        throw new Error(`${one.IntegrationArn} uses the table; delete it first`);
      }
    }
    Marker = answer.Marker;
  } while (Marker);
  try {
    await glue.send(new DeleteIntegrationTablePropertiesCommand(key));
  } catch (error) {
    if (!ABSENT.includes(error.name)) throw error;
  }
  return { id };
}
