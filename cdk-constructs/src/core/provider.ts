import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { Duration, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, DependencyGroup, IConstruct, IDependable } from 'constructs';
import * as body from '../generated/target-body';
import { acknowledgeWildcards } from './acknowledged';
import { addError } from './checks';
import { ownChild } from './own-child';
import { Trust } from './trust';
import { checkTrust } from './trust-check';

/** The context key that points to another provider zip than the one in the package. */
const ZIP_CONTEXT = 'zeroetl-cdk:provider-zip';
/** What a function in a VPC does with network interfaces, none of which it can name. */
const NETWORK_ACTIONS = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets',
  'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'].map((action) => `ec2:${action}`);

/**
 * The function behind `Custom::GlueResourcePolicy` and `Custom::IntegrationTableProperties`.
 */
export interface IZeroEtlProvider extends IConstruct {
  /**
   * ARN of the function.
   */
  readonly serviceToken: string;

  /**
   * Lets the function write the catalog's resource policy.
   *
   * @returns what a custom resource has to wait for
   */
  permitCatalogPolicy(): IDependable;

  /**
   * Lets the function write table properties of a database.
   *
   * @returns what a custom resource has to wait for
   */
  permitTableProperties(databaseName: string): IDependable;
}

/**
 * How the provider function runs.
 */
export interface ZeroEtlProviderProps {
  /**
   * The processor. The package brings a zip for x86_64; one for arm64 only where it was built with it.
   *
   * @default Architecture.X86_64
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Megabytes of memory. The function needs about a tenth of the least.
   *
   * @default 128
   */
  readonly memorySize?: number;

  /**
   * The network to run in. It has to reach Glue, CloudFormation's reply bucket in S3 and CloudWatch Logs.
   *
   * @default - no VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the VPC.
   *
   * @default - private subnets, as CDK chooses them
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups in the VPC.
   *
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The role to run with. What the function needs is added to it; it has to trust `lambda.amazonaws.com`.
   *
   * @default - a new role with no more than what the stack's resources need
   */
  readonly role?: iam.IRole;

  /**
   * A permissions boundary for the new role.
   *
   * @default - none
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * The log group to write to.
   *
   * @default - a new one that goes with the stack
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the new log group keeps the log.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * A customer key for the function's environment.
   *
   * @default - Lambda's own key
   */
  readonly environmentEncryption?: kms.IKey;

  /**
   * Path of another provider zip. The context key `zeroetl-cdk:provider-zip` does the same for a whole app.
   *
   * @default - the zip in this package
   */
  readonly zipPath?: string;
}

/**
 * The provider function, with its role and its log group.
 *
 * The zip is part of the package: synthesis needs neither Docker nor Rust. One function serves all
 * custom resources of a stack that ask for the same settings, see `ZeroEtlProvider.getOrCreate`.
 */
export class ZeroEtlProvider extends Construct implements IZeroEtlProvider, iam.IGrantable {
  /**
   * The provider with these settings in the stack of `scope`, made where there is none yet.
   */
  public static getOrCreate(scope: Construct, props: ZeroEtlProviderProps = {}): ZeroEtlProvider {
    const stack = Stack.of(scope);
    const settings = fingerprint(stack, props);
    const id = settings === fingerprint(stack, {}) ? 'ZeroEtlProvider' : `ZeroEtlProvider${settings}`;
    const ours = (found: IConstruct): found is ZeroEtlProvider => found instanceof ZeroEtlProvider && found.zipPath === props.zipPath;
    return ownChild(stack, id, ours, (free) => new ZeroEtlProvider(stack, free, props));
  }

  /**
   * A provider function that is deployed already. Nothing is added to its role.
   *
   * The CDK CLI shows log lines of a failure only for functions in the stack of the failed resource.
   */
  public static fromFunctionArn(scope: Construct, id: string, functionArn: string): IZeroEtlProvider {
    class Import extends Construct implements IZeroEtlProvider {
      public readonly serviceToken = functionArn;
      public permitCatalogPolicy(): IDependable {
        return new DependencyGroup();
      }
      public permitTableProperties(_databaseName: string): IDependable {
        return new DependencyGroup();
      }
    }
    return new Import(scope, id);
  }

  public readonly serviceToken: string;
  public readonly grantPrincipal: iam.IPrincipal;

  /** The function. */
  public readonly function: lambda.IFunction;
  /** The role that the function runs with. */
  public readonly role: iam.IRole;
  /** Where the function writes its log. */
  public readonly logGroup: logs.ILogGroup;

  private readonly zipPath?: string;
  private readonly document?: iam.PolicyDocument;
  private readonly statements = new Map<string, iam.PolicyStatement>();
  private readonly ready = new DependencyGroup();

  constructor(scope: Construct, id: string, props: ZeroEtlProviderProps = {}) {
    super(scope, id);
    this.zipPath = props.zipPath;
    checkSettings(this, props);
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    if (props.role === undefined) {
      this.document = new iam.PolicyDocument({ minimize: false });
      this.role = new iam.Role(this, 'Role', {
        description: body.PROVIDER_ROLE.description,
        assumedBy: new Trust('lambda.amazonaws.com', body.providerRoleTrust()),
        // Inline: whoever waits for the function waits for its permissions as well.
        inlinePolicies: { Provide: this.document },
        permissionsBoundary: props.permissionsBoundary,
        managedPolicies: props.vpc === undefined ? undefined : [
          iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'),
        ],
      });
      acknowledgeWildcards(this.role, [...body.provideInboundIntegrations(), ...body.provideFormerTableProperties(place(this))]);
    } else {
      this.role = props.role;
      checkTrust(this, this.role, ['lambda.amazonaws.com']);
      if (props.vpc !== undefined) {
        this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: NETWORK_ACTIONS, resources: ['*'] }));
      }
    }
    this.grantPrincipal = this.role.grantPrincipal;
    const architecture = props.architecture ?? lambda.Architecture.X86_64;
    const provider = new lambda.Function(this, 'Function', {
      description: body.PROVIDER_FUNCTION.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: body.PROVIDER_FUNCTION.handler,
      code: lambda.Code.fromAsset(zipOf(this, architecture, props.zipPath)),
      architecture,
      memorySize: props.memorySize ?? body.PROVIDER_FUNCTION.memorySize,
      timeout: Duration.seconds(body.PROVIDER_FUNCTION.timeout),
      role: this.role,
      logGroup: this.logGroup,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      environmentEncryption: props.environmentEncryption,
    });
    // A request that waited longer than CloudFormation does is not worked on: its stack may be gone.
    provider.configureAsyncInvoke({
      maxEventAge: Duration.seconds(body.PROVIDER_INVOKE_CONFIG.maximumEventAgeInSeconds),
      retryAttempts: body.PROVIDER_INVOKE_CONFIG.maximumRetryAttempts,
    });
    this.ready.add(provider.node.findChild('EventInvokeConfig'));
    this.function = provider;
    this.serviceToken = provider.functionArn;
    this.permit(body.provideWriteLog({ logGroupArn: this.logGroup.logGroupArn }));
  }

  public permitCatalogPolicy(): IDependable {
    return this.permit(body.provideCatalogPolicy(place(this)));
  }

  public permitTableProperties(databaseName: string): IDependable {
    this.permit(body.provideTableProperties({ ...place(this), databaseName }));
    this.permit(body.provideFormerTableProperties(place(this)));
    this.permit(body.provideResourcesOfThisStack({ stackId: Stack.of(this).stackId }));
    return this.permit(body.provideInboundIntegrations());
  }

  /** Adds what is not there yet: one statement per purpose, with all resources. */
  private permit(statements: iam.PolicyStatement[]): IDependable {
    for (const statement of statements) {
      const sid = statement.sid ?? '';
      const known = this.statements.get(sid);
      if (known !== undefined && this.document !== undefined) {
        known.addResources(...statement.resources);
      } else if (this.document !== undefined) {
        this.statements.set(sid, statement);
        this.document.addStatements(statement);
      } else {
        // The Sid stays out: the role's policy may have one for another database.
        const plain = statement.copy({ sid: undefined });
        const added = this.role.addToPrincipalPolicy(plain);
        if (added.policyDependable !== undefined) {
          this.ready.add(added.policyDependable);
        }
      }
    }
    return this.ready;
  }
}

/** Partition, Region and account, for ARNs. */
export function place(scope: Construct): { partition: string; region: string; account: string } {
  const stack = Resource.isResource(scope) ? scope.stack : Stack.of(scope);
  return { partition: stack.partition, region: stack.region, account: stack.account };
}

/** Says so where a setting has no effect. */
function checkSettings(scope: Construct, props: ZeroEtlProviderProps): void {
  if (props.role !== undefined && props.permissionsBoundary !== undefined) {
    addError(scope, 'provider-settings', 'permissionsBoundary is for a new role; leave it out beside `role`, and give it to that role');
  }
  if (props.logGroup !== undefined && props.logRetention !== undefined) {
    addError(scope, 'provider-settings', 'logRetention is for a new log group; leave it out beside `logGroup`, and give it to that log group');
  }
}

/** What makes one function differ from another. It is part of an id: the same on every machine, whatever else is in the app. */
function fingerprint(stack: Stack, props: ZeroEtlProviderProps): string {
  const parts = [
    (props.architecture ?? lambda.Architecture.X86_64).name,
    stack.resolve(props.memorySize ?? body.PROVIDER_FUNCTION.memorySize),
    props.vpc?.node.addr,
    JSON.stringify(props.vpcSubnets ?? null, (_, value) => value?.node?.addr ?? value),
    props.securityGroups?.map((group) => group.node.addr),
    props.role?.node.addr,
    stack.resolve(props.permissionsBoundary?.managedPolicyArn),
    props.logGroup?.node.addr,
    props.logRetention ?? logs.RetentionDays.ONE_MONTH,
    props.environmentEncryption?.node.addr,
    props.zipPath && basename(props.zipPath),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8).toUpperCase();
}

function zipOf(scope: Construct, architecture: lambda.Architecture, given?: string): string {
  const path = given ?? scope.node.tryGetContext(ZIP_CONTEXT);
  if (path !== undefined) {
    return isAbsolute(path) ? path : resolve(path);
  }
  const packed = join(__dirname, '..', '..', 'assets', `provider-${architecture.name}.zip`);
  if (!existsSync(packed)) {
    throw new Error(
      `this build of zeroetl-cdk has no provider for \`${architecture.name}\`; use another architecture, or give the path of a zip as \`zipPath\``,
    );
  }
  return packed;
}
