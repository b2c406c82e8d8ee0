import { Duration, Lazy, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { CfnGlueResourcePolicy } from '../generated/cfn-glue-resource-policy';
import { GlueResourcePolicyMode } from '../generated/choices';
import { CUSTOM_RESOURCE } from '../generated/target-body';
import { addError, addWarning } from './checks';
import { documentBytes } from './document-size';
import { ownChild } from './own-child';
import { IZeroEtlProvider, ZeroEtlProvider } from './provider';
import { serviceTimeout } from './service-timeout';

/** Glue takes no longer policy, other people's statements included. */
const MOST_BYTES = 10_240;
/** The id of the policy that grants end up in. */
const SHARED_ID = 'ZeroEtlCatalogPolicy';

/**
 * Properties of `GlueResourcePolicy`.
 */
export interface GlueResourcePolicyProps {
  /**
   * The first statements. More can be added later.
   *
   * @default - none
   */
  readonly statements?: iam.PolicyStatement[];

  /**
   * Whether other people's statements may stand beside these.
   *
   * @default GlueResourcePolicyMode.MERGE
   */
  readonly mode?: GlueResourcePolicyMode;

  /**
   * Whether both the catalog policy and Lake Formation grant access over accounts. Glue insists on it once Lake
   * Formation shares exist.
   *
   * @default true
   */
  readonly enableHybrid?: boolean;

  /**
   * The provider function.
   *
   * @default - the one of the stack, made where there is none yet
   */
  readonly provider?: IZeroEtlProvider;

  /**
   * How long CloudFormation waits for the provider, 1 second to 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly serviceTimeout?: Duration;
}

/**
 * Statements in the resource policy of the Glue Data Catalog.
 *
 * The catalog has one policy per account and Region. This construct owns its own statements in it: other people's
 * stay as they are, and on deletion exactly its own ones go.
 */
export class GlueResourcePolicy extends Resource implements iam.IResourceWithPolicyV2 {
  /**
   * Lets ordinary grants reach the catalog: what CDK grants on a Glue database or table to somebody in another account
   * becomes a statement in the catalog's policy, kept by one policy per stack.
   *
   * @param scope the app, a stage or a stack
   * @param props how the policies are made
   */
  public static useForGrants(scope: IConstruct, props: GlueResourcePolicyProps = {}): void {
    const factory: iam.IResourcePolicyFactory = {
      forResource: (resource) => {
        const stack = Stack.of(resource);
        return ownChild(stack, SHARED_ID, (found) => found instanceof GlueResourcePolicy, (id) => new GlueResourcePolicy(stack, id, props));
      },
    };
    for (const type of ['AWS::Glue::Database', 'AWS::Glue::Table']) {
      iam.ResourceWithPolicies.register(scope, type, factory);
    }
  }

  /**
   * The hash of the catalog's policy after the last write.
   *
   * @attribute
   */
  public readonly glueResourcePolicyHash: string;

  /**
   * The marker that opens the Sid of every statement of this construct.
   *
   * @attribute
   */
  public readonly glueResourcePolicyOwner: string;

  /** The provider function. */
  public readonly provider: IZeroEtlProvider;

  private readonly document = new iam.PolicyDocument({ minimize: false });
  private readonly sids = new Set<string>();

  constructor(scope: Construct, id: string, props: GlueResourcePolicyProps = {}) {
    super(scope, id);
    this.provider = props.provider ?? ZeroEtlProvider.getOrCreate(this);
    const ready = this.provider.permitCatalogPolicy();
    const resource = new CfnGlueResourcePolicy(this, 'Resource', {
      serviceToken: this.provider.serviceToken,
      serviceTimeout: serviceTimeout(this, props.serviceTimeout, CUSTOM_RESOURCE.serviceTimeout),
      policyDocument: Lazy.any({ produce: () => this.document.toJSON() }),
      mode: props.mode,
      enableHybrid: props.enableHybrid ?? true,
    });
    resource.node.addDependency(ready);
    this.glueResourcePolicyHash = resource.attrPolicyHash;
    this.glueResourcePolicyOwner = resource.attrOwner;
    this.addStatements(...props.statements ?? []);
    this.node.addValidation({ validate: () => this.problems() });
  }

  /**
   * Adds a statement.
   */
  public addStatement(statement: iam.PolicyStatement): void {
    this.addStatements(statement);
  }

  /**
   * Adds statements.
   */
  public addStatements(...statements: iam.PolicyStatement[]): void {
    for (const statement of statements) {
      this.check(statement);
      this.document.addStatements(statement);
    }
  }

  /**
   * Adds a statement that a grant made.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    // What is allowed on a table has to be allowed on its database and on the catalog as well.
    const known = statement.resources;
    const databases = known.flatMap((arn) => /^(.*):(?:table|userDefinedFunction)\/([^/]+)\//.exec(arn)?.slice(1).join(':database/') ?? []);
    const catalog = known.length === 0 ? [] : [this.stack.formatArn({ service: 'glue', resource: 'catalog' })];
    this.addStatements(statement.copy({ resources: [...new Set([...known, ...databases, ...catalog])] }));
    return { statementAdded: true, policyDependable: this };
  }

  private check(statement: iam.PolicyStatement): void {
    const sid = statement.sid;
    const name = sid === undefined ? 'a statement' : `the statement \`${sid}\``;
    if (sid !== undefined && !Token.isUnresolved(sid)) {
      if (!/^[A-Za-z0-9]+$/.test(sid)) {
        addError(this, 'sid', `a statement has the Sid \`${sid}\`; use letters and digits only`);
      }
      if (this.sids.has(sid)) {
        addError(this, 'sid-twice', `two statements have the Sid \`${sid}\`; give each its own`);
      }
      this.sids.add(sid);
    }
    if (!statement.hasPrincipal) {
      addError(this, 'principal', `${name} has no principal; a catalog policy has to name one`);
    }
    if (statement.resources.length === 0 && statement.notResources.length === 0) {
      addError(this, 'resource', `${name} has no resource; name ARNs of the catalog, of databases or of tables`);
    }
    for (const resource of statement.resources) {
      if (!Token.isUnresolved(resource) && !/^arn:[^:]+:glue:/.test(resource)) {
        addError(this, 'resource', `${name} has the resource \`${resource}\`; Glue takes ARNs of this catalog only`);
      }
    }
  }

  private problems(): string[] {
    if (this.document.isEmpty) {
      return ['the catalog policy has no statement; add one with addStatement()'];
    }
    const bytes = documentBytes(this.stack, this.document.toJSON());
    if (bytes > MOST_BYTES) {
      return [`the statements take ${bytes} bytes; Glue takes ${MOST_BYTES} for the whole catalog policy, other people's statements included`];
    }
    if (bytes > MOST_BYTES / 2) {
      addWarning(this, 'policy-size', `the statements take ${bytes} of the ${MOST_BYTES} bytes that Glue takes, other people's statements included`);
    }
    return [];
  }
}
