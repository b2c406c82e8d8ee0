//! For each of the three stacks, a template with the policy of whoever deploys it: exactly the
//! actions that its resources need, on nothing but what it makes.
//!
//! The parameters are those of the stack itself, so that a statement for an option is there only
//! when the option is.

mod driving;
mod places;

use super::{
    Stacks,
    generic::{HAS_BOUNDARY, HAS_INTEGRATION_KEY, parameters as p, product},
    suppressed,
};
use zeroetl_properties::DatabaseName;

use crate::{
    model::{
        ConditionName, Constraint, Group, IamPolicy, IamStatement, LogicalId, Mentioned, Object,
        Origin, OutputName, Parameter, ParameterName, Part, Resource, Template, Test, Value,
    },
    permissions::{self, DemandedBoundary, Unreviewed},
    plan::StackKind,
};

const POLICY: LogicalId = LogicalId::fixed("DeployerPolicy");
const DATA_POLICY: LogicalId = LogicalId::fixed("DeployerDataPolicy");
const DATA_POLICY_ARN: OutputName = OutputName::fixed("DeployerDataPolicyArn");
const POLICY_ARN: OutputName = OutputName::fixed("DeployerPolicyArn");
const STACK_NAME: ParameterName = ParameterName::fixed("StackName");
const FORMER_DATABASE_NAME: ParameterName = ParameterName::fixed("FormerDatabaseName");
const INTEGRATION_KMS_KEY_ARN: ParameterName = ParameterName::fixed("IntegrationKmsKeyArn");
const HAS_FORMER_DATABASE: ConditionName = ConditionName::fixed("HasFormerDatabaseName");
const DEPLOYER: Group = Group("Stack");
const INSTEAD: &str = "set the parameters, or attach a policy of your own";

/// The three templates.
pub fn deployers() -> Result<Stacks, Unreviewed> {
    let stacks = product();
    Ok(Stacks {
        source: deployer(StackKind::Source, &stacks.source)?,
        target: deployer(StackKind::Target, &stacks.target)?,
        integration: deployer(StackKind::Integration, &stacks.integration)?,
    })
}

fn deployer(kind: StackKind, stack: &Template) -> Result<Template, Unreviewed> {
    let (blueprint, account) = match kind {
        StackKind::Source => ("zero_etl/deployer/source", "source account"),
        StackKind::Target => ("zero_etl/deployer/target", "target account"),
        StackKind::Integration => ("zero_etl/deployer/integration", "source account"),
    };
    let origin = Origin {
        blueprint,
        instead: INSTEAD,
    };
    let mut template = Template::new(
        origin,
        format!(
            "Zero-ETL from DynamoDB to a lakehouse, {account}: the policy of whoever deploys the \
             {} stack, with exactly the actions that the stack needs. Attach it to a user, a role \
             or a service role of CloudFormation.",
            kind.as_str()
        ),
    );

    let needs = permissions::needs(stack)?;
    let mut statements = driving::statements(kind);
    statements.extend(permissions::statements(
        &needs,
        places::of_one_stack,
        |condition| Some(condition.clone()),
        &DemandedBoundary {
            when: HAS_BOUNDARY,
            arn: Value::reference(&p::PERMISSIONS_BOUNDARY_ARN),
        },
    ));
    if kind == StackKind::Target {
        let former = driving::after_another_database(Part::from(&FORMER_DATABASE_NAME));
        statements.push(former.only_when(HAS_FORMER_DATABASE));
    }
    let (data, other) = in_two(kind, statements);
    let documents = Value::List(data.iter().chain([&other]).cloned().collect());
    template.parameters.push(stack_name(kind));
    match kind {
        StackKind::Source => {}
        StackKind::Target => own(&mut template, former_database(), HAS_FORMER_DATABASE),
        StackKind::Integration => own(&mut template, integration_key(), HAS_INTEGRATION_KEY),
    }
    take_over(&mut template, stack, &documents);
    let description = format!("Deploys the {} stack of zeroetl.", kind.as_str());
    template.resources.push(policy(POLICY, &description, other));
    template.output(
        POLICY_ARN,
        "ARN of the policy, to be attached to the deployer.",
        Value::reference(&POLICY),
    );
    if let Some(data) = data {
        let description = format!("{description} Data and catalog.");
        template
            .resources
            .push(policy(DATA_POLICY, &description, data));
        template.output(
            DATA_POLICY_ARN,
            "ARN of the policy for data and catalog, to be attached to the deployer as well.",
            Value::reference(&DATA_POLICY),
        );
    }
    Ok(template)
}

fn policy(id: LogicalId, description: &str, document: Value) -> Resource {
    let properties = Object::new()
        .with("Description", description)
        .with("PolicyDocument", document);
    let mut policy = Resource::new(id, "AWS::IAM::ManagedPolicy", properties);
    suppressed::in_policy(&mut policy);
    policy
}

/// How the names of the statements about data and catalog begin.
const ABOUT_DATA: [&str; 8] = [
    "Bucket",
    "Database",
    "FormerDatabase",
    "LakeFormation",
    "LocateBuckets",
    "LookAtCatalog",
    "LookAtLakeFormation",
    "Registration",
];

/// The document about data and catalog, and the one about everything else: for the target stack one
/// document would exceed what IAM takes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
fn in_two(kind: StackKind, statements: Vec<IamStatement>) -> (Option<Value>, Value) {
    let document = |statements: Vec<IamStatement>| Value::from(IamPolicy::new(statements));
    if kind != StackKind::Target {
        return (None, document(statements));
    }
    let about_data = |it: &IamStatement| ABOUT_DATA.iter().any(|begin| it.sid().starts_with(begin));
    let (data, other) = statements.into_iter().partition(about_data);
    (Some(document(data)), document(other))
}

/// The stack's own conditions, as far as the statements use them, and the parameters for both.
fn take_over(template: &mut Template, stack: &Template, statements: &Value) {
    let used = Mentioned::in_value(statements);
    let mut names = used.references;
    for (name, test) in &stack.conditions {
        if used.conditions.contains(name.as_str()) && !template.conditions.contains_key(name) {
            names.extend(Mentioned::in_test(test).references);
            template.conditions.insert(name.clone(), test.clone());
        }
    }
    let needed = |parameter: &&Parameter| names.contains(parameter.name.as_str());
    let parameters = stack.parameters.iter().filter(needed);
    template.parameters.extend(parameters.cloned());
}

/// A parameter of the policy's own, and the condition that it is set.
fn own(template: &mut Template, parameter: Parameter, is_set: ConditionName) {
    let empty = Test::is_empty(Value::reference(&parameter.name));
    template
        .conditions
        .insert(is_set, Test::Not(Box::new(empty)));
    template.parameters.push(parameter);
}

/// The parameter of the stack takes key ids and aliases; a policy takes ARNs of keys.
fn integration_key() -> Parameter {
    Parameter {
        name: INTEGRATION_KMS_KEY_ARN,
        label: "Key of the integration",
        description:
            "ARN of the key that IntegrationKmsKeyId of the stack names, also where it is \
                      named by its id or an alias there; empty for the key that Glue owns."
                .to_owned(),
        group: p::integration_kms_key_id().group,
        ..p::source_kms_key_arn()
    }
}

fn former_database() -> Parameter {
    Parameter {
        name: FORMER_DATABASE_NAME,
        label: "Former database",
        group: DEPLOYER,
        description: "While DatabaseName changes, the name before the change: its registration is \
                      removed at the end. Empty otherwise."
            .to_owned(),
        default: Some(String::new()),
        constraint: p::pattern_or_empty(DatabaseName::PATTERN),
        ..p::database_name()
    }
}

fn stack_name(kind: StackKind) -> Parameter {
    Parameter {
        name: STACK_NAME,
        label: "Stack",
        group: DEPLOYER,
        description: "Name that the stack is going to have. What the stack names after itself is \
                      all that the policy lets its deployer touch."
            .to_owned(),
        default: Some(format!("zeroetl-{}", kind.as_str())),
        constraint: Constraint::Pattern {
            // Lower case, because the bucket's name is made of it; short, because CloudFormation
            // cuts it where a role's or function's name would exceed 64 characters.
            pattern: "^[a-z][a-z0-9-]{0,31}$".to_owned(),
            min_length: None,
            max_length: None,
        },
        expected: "Type a letter, then up to 31 letters, digits or hyphens, all in lower case."
            .to_owned(),
    }
}
