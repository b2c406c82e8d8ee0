import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lakeformation from 'aws-cdk-lib/aws-lakeformation';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, DependencyGroup } from 'constructs';
import { UnnestSpec } from '../generated/choices';
import { BUCKET_NAME, DATABASE_NAME, SOURCE_ACCOUNT_ID } from '../generated/limits';
import * as body from '../generated/target-body';
import { acknowledgeNoAccessLogs, acknowledgeWildcards } from './acknowledged';
import { addError, checkLimit } from './checks';
import { checkDatabase, knownName } from './database-check';
import { GlueResourcePolicy } from './glue-resource-policy';
import { IntegrationTableProperties } from './integration-table-properties';
import { nameId } from './name-id';
import { IZeroEtlProvider, place, ZeroEtlProvider } from './provider';
import { checkRegion } from './region-check';
import { ZeroEtlTargetTable } from './replicated-table';
import { checkTargetSettings, TargetNames } from './target-check';
import { Trust } from './trust';
import { checkTrust } from './trust-check';

/**
 * Properties of `ZeroEtlTarget`.
 */
export interface ZeroEtlTargetProps {
  /**
   * The account that owns the DynamoDB tables. It may be the account of this stack.
   */
  readonly sourceAccount: string;

  /**
   * The tables. More can be added with `addTable`.
   *
   * @default - none yet
   */
  readonly tables?: ZeroEtlTargetTable[];

  /**
   * Name of the new Glue database: lower-case letters, digits and underscores.
   *
   * @default - none; required for a new database
   */
  readonly databaseName?: string;

  /**
   * A Glue database that is there already. It needs a location in a bucket, which has to be given as `bucket`.
   *
   * @default - a new one
   */
  readonly database?: glue.IDatabaseRef;

  /**
   * A bucket that is there already, in the Region of this stack.
   *
   * @default - a new one, encrypted and closed to the public
   */
  readonly bucket?: s3.IBucket;

  /**
   * Name of the new bucket.
   *
   * @default - a name that CloudFormation makes up
   */
  readonly bucketName?: string;

  /**
   * A customer key for the bucket.
   *
   * @default - the key that S3 owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * A role for Glue to write with. What Glue needs is added to it; it has to trust `glue.amazonaws.com`, and with
   * `lakeFormationManaged` also `lakeformation.amazonaws.com`.
   *
   * @default - a new one with the documented permissions
   */
  readonly role?: iam.IRole;

  /**
   * The policy that lets the source account in. Give the same one to several targets of an account.
   *
   * @default - a new one
   */
  readonly catalogPolicy?: GlueResourcePolicy;

  /**
   * Whether both the catalog policy and Lake Formation grant access over accounts. Only for a new policy.
   *
   * @default true
   */
  readonly enableHybrid?: boolean;

  /**
   * Whether Lake Formation governs the database: the location is registered and the role gets its grants. Whoever
   * deploys has to be able to grant.
   *
   * @default false
   */
  readonly lakeFormationManaged?: boolean;

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

  /**
   * What happens to the new bucket and the new database when they leave the stack.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The lakehouse that DynamoDB tables are replicated to: bucket, Glue database, the role that Glue writes with and its
 * registration, the catalog policy, and the properties of each table. Each can be brought along instead.
 */
export class ZeroEtlTarget extends Construct {
  /** Where the data lies. */
  public readonly bucket: s3.IBucket;
  /** The Glue database. */
  public readonly database: glue.IDatabaseRef;
  /** Name of the Glue database. */
  public readonly databaseName: string;
  /** ARN of the Glue database. */
  public readonly databaseArn: string;
  /** The role that Glue writes with. */
  public readonly role: iam.IRole;
  /** The statements in the catalog's policy. */
  public readonly catalogPolicy: GlueResourcePolicy;
  /** The provider function. */
  public readonly provider: IZeroEtlProvider;

  private readonly tables = new Map<string, IntegrationTableProperties>();
  private readonly tableNames: string[] = [];
  private readonly targetNames = new TargetNames();
  /** What goes only after the table properties, which stay while an integration uses them. */
  private readonly guarded = new DependencyGroup();
  /** The name as it was given, where that is known: roles need not wait for the database. */
  private readonly name: string;

  constructor(scope: Construct, id: string, private readonly props: ZeroEtlTargetProps) {
    super(scope, id);
    checkRegion(this);
    checkTargetSettings(this, props);
    checkLimit(this, 'account', 'sourceAccount', props.sourceAccount, SOURCE_ACCOUNT_ID);
    checkLimit(this, 'bucket-name', 'bucketName', props.bucketName, BUCKET_NAME);
    this.provider = props.provider ?? ZeroEtlProvider.getOrCreate(this);
    this.bucket = props.bucket ?? this.newBucket();
    this.database = props.database ?? this.newDatabase();
    this.databaseName = this.database.databaseRef.databaseName;
    this.name = knownName(this.database);
    checkLimit(this, 'database-name', 'databaseName', this.name, DATABASE_NAME);
    const { partition, region, account } = place(this);
    this.databaseArn = `arn:${partition}:glue:${region}:${account}:database/${this.databaseName}`;
    const permissions = new DependencyGroup();
    this.role = props.role ?? this.newRole();
    if (props.role !== undefined) {
      this.permit(props.role, permissions);
      checkTrust(this, props.role, ['glue.amazonaws.com', ...props.lakeFormationManaged ? ['lakeformation.amazonaws.com'] : []]);
    }
    this.register(permissions);
    this.catalogPolicy = props.catalogPolicy ?? new GlueResourcePolicy(this, 'CatalogPolicy', {
      enableHybrid: props.enableHybrid,
      provider: this.provider,
      serviceTimeout: props.serviceTimeout,
    });
    this.letIn();
    for (const table of props.tables ?? []) {
      this.addTable(table);
    }
    this.node.addValidation({
      validate: () => this.tables.size > 0 ? [] : ['the target has no table; give `tables`, or call addTable()'],
    });
  }

  /**
   * Adds a table: its properties, and its part of the catalog policy.
   */
  public addTable(table: ZeroEtlTargetTable): IntegrationTableProperties {
    const key = nameId(this, table.tableName);
    const known = this.tables.get(key);
    if (known !== undefined) {
      addError(this, 'table-twice', `the table \`${table.tableName}\` is there twice; give each table once`);
      return known;
    }
    const properties = new IntegrationTableProperties(this, `Table-${key}`, {
      database: this.database,
      tableName: table.tableName,
      unnestSpec: table.unnestSpec ?? UnnestSpec.TOPLEVEL,
      targetTableName: table.targetTableName,
      partitionSpec: table.partitionSpec,
      adoptExisting: table.adoptExisting,
      allowResync: table.allowResync,
      provider: this.provider,
      serviceTimeout: this.props.serviceTimeout,
    });
    properties.node.addDependency(this.guarded);
    this.targetNames.check(this, table);
    this.tables.set(key, properties);
    this.tableNames.push(table.tableName);
    return properties;
  }

  /**
   * Lets somebody read the replicated tables, with Athena for example. In another account, the catalog policy says so
   * too. Where Lake Formation governs the database, the reader needs its grants as well.
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    const { partition, region, account } = place(this);
    const catalog = `arn:${partition}:glue:${region}:${account}`;
    const tables = iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      resourceArns: [`${catalog}:catalog`, this.databaseArn, `${catalog}:table/${this.databaseName}/*`],
      resource: this.catalogPolicy,
    });
    return this.bucket.grantRead(grantee).combine(tables);
  }

  /**
   * Lets somebody create integrations on the database. Whoever deploys the integration stack needs it.
   */
  public grantCreateIntegration(grantee: iam.IGrantable): iam.Grant {
    const { partition, region, account } = place(this);
    return iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: ['glue:CreateInboundIntegration'],
      resourceArns: [`arn:${partition}:glue:${region}:${account}:catalog`, this.databaseArn],
      resource: this.catalogPolicy,
    });
  }

  private newBucket(): s3.IBucket {
    const bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: this.props.bucketName,
      encryption: this.props.encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
      encryptionKey: this.props.encryptionKey,
      bucketKeyEnabled: this.props.encryptionKey === undefined ? undefined : true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: this.props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const statement of body.bucketPolicy({ bucketArn: bucket.bucketArn })) {
      bucket.addToResourcePolicy(statement);
    }
    // It stays with its bucket: data that outlives the stack is still refused without TLS.
    bucket.policy!.applyRemovalPolicy(this.props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.guarded.add(bucket.policy!);
    acknowledgeNoAccessLogs(bucket);
    return bucket;
  }

  private newDatabase(): glue.IDatabaseRef {
    if (this.props.databaseName === undefined) {
      throw new Error('a new target needs databaseName; or give an existing database as `database`');
    }
    const database = new glue.CfnDatabase(this, 'Database', body.database({
      account: place(this).account,
      bucketName: this.bucket.bucketName,
      databaseName: this.props.databaseName,
    }));
    database.applyRemovalPolicy(this.props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return database;
  }

  private newRole(): iam.IRole {
    const policies = this.policies();
    const role = new iam.Role(this, 'Role', {
      description: body.TARGET_ROLE.description,
      assumedBy: new Trust('glue.amazonaws.com', body.targetRoleTrust({
        lakeFormationManaged: this.props.lakeFormationManaged ?? false,
      })),
      // Inline: whoever waits for the role waits for its permissions as well.
      inlinePolicies: Object.fromEntries(Object.entries(policies).map(([name, statements]) =>
        [name, new iam.PolicyDocument({ statements, minimize: false })])),
    });
    acknowledgeWildcards(role, Object.values(policies).flat());
    return role;
  }

  private policies(): { [name: string]: iam.PolicyStatement[] } {
    const key = this.props.encryptionKey ?? this.props.bucket?.encryptionKey;
    const policies: { [name: string]: iam.PolicyStatement[] } = {
      WriteLakehouse: body.writeLakehouse({ ...place(this), bucketArn: this.bucket.bucketArn, databaseName: this.name }),
    };
    if (key !== undefined) {
      policies.UseKey = body.useKey({ keyArn: key.keyArn });
    }
    if (this.props.lakeFormationManaged) {
      policies.ReadThroughLakeFormation = body.readThroughLakeFormation();
    }
    return policies;
  }

  /** Adds to a role of somebody else what Glue needs. */
  private permit(role: iam.IRole, permissions: DependencyGroup): void {
    for (const statement of Object.values(this.policies()).flat()) {
      const added = role.addToPrincipalPolicy(statement.copy({ sid: undefined }));
      if (added.policyDependable !== undefined) {
        permissions.add(added.policyDependable);
      }
    }
  }

  /** Tells Glue to write into the database with the role, and Lake Formation to let it. */
  private register(permissions: DependencyGroup): void {
    const roleArn = this.role.roleArn;
    const registration = new glue.CfnIntegrationResourceProperty(this, 'Registration',
      body.targetRegistration({ ...place(this), databaseName: this.databaseName, roleArn }));
    registration.node.addDependency(permissions);
    this.guarded.add(registration);
    if (this.props.database !== undefined) {
      checkDatabase(this, this.props.database);
    }
    if (!this.props.lakeFormationManaged) {
      return;
    }
    const { account } = place(this);
    const bucketArn = this.bucket.bucketArn;
    const location = new lakeformation.CfnResource(this, 'LakeLocation', body.lakeLocation({ bucketArn, roleArn }));
    const database = new lakeformation.CfnPrincipalPermissions(this, 'DatabaseGrant',
      body.databaseGrant({ account, databaseName: this.databaseName, roleArn }));
    const locationGrant = new lakeformation.CfnPrincipalPermissions(this, 'LocationGrant',
      body.locationGrant({ account, bucketArn, roleArn }));
    locationGrant.node.addDependency(location);
    this.guarded.add(database, locationGrant);
  }

  /** The database's name, or where that is no Sid or not known, the place of this target in the app. */
  private sidSuffix(): string {
    return /^[a-z0-9]+$/.test(this.name) ? this.name : this.node.addr.slice(-8);
  }

  /** Lets the source account create integrations, for the tables that there will be. */
  private letIn(): void {
    const { partition, region } = place(this);
    const arn = (table: string) => `arn:${partition}:dynamodb:${region}:${this.props.sourceAccount}:table/${table}`;
    const sourceTableArns = Lazy.any({
      produce: () => {
        const arns = this.tableNames.map(arn);
        return arns.length === 1 ? arns[0] : arns;
      },
    });
    const statements = body.catalogPolicy({
      ...place(this), sourceAccount: this.props.sourceAccount, databaseName: this.databaseName, sourceTableArns,
    });
    // A policy of several targets has the statements several times, and a Sid but once.
    const suffix = this.props.catalogPolicy === undefined ? '' : this.sidSuffix();
    for (const statement of statements) {
      this.catalogPolicy.addStatement(suffix === '' ? statement : statement.copy({ sid: `${statement.sid}${suffix}` }));
    }
    this.guarded.add(this.catalogPolicy);
  }
}
