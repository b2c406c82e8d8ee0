//! The role that Service Catalog takes to launch a product, so that the user needs no rights but
//! to launch: the deployer's actions, on what launched stacks are called.

use std::collections::BTreeSet;

use super::{origin, parameters as p, places};
use crate::{
    blueprints::zero_etl::{
        generic::{
            HAS_BOUNDARY,
            parameters::{PERMISSIONS_BOUNDARY_ARN, permissions_boundary_arn},
            product,
        },
        suppressed,
    },
    model::{
        IamPolicy, IamStatement, LogicalId, Mentioned, Object, OutputName, Parameter, Principal,
        Resource, Template, Test, Value,
    },
    permissions::{self, DemandedBoundary, Unreviewed},
    plan::StackKind,
};

const ROLE: LogicalId = LogicalId::fixed("LaunchRole");
const ROLE_ARN: OutputName = OutputName::fixed("LaunchRoleArn");

/// <https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html>
const STACK_ACTIONS: [&str; 6] = [
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateStack",
];
/// These look at templates, which have no name.
const TEMPLATE_ACTIONS: [&str; 2] = [
    "cloudformation:GetTemplateSummary",
    "cloudformation:ValidateTemplate",
];

pub(super) fn template(kind: StackKind) -> Result<Template, Unreviewed> {
    let stacks = product();
    let (blueprint, stack) = match kind {
        StackKind::Source => (
            "zero_etl/service_catalog/launch_role/source",
            &stacks.source,
        ),
        StackKind::Target => (
            "zero_etl/service_catalog/launch_role/target",
            &stacks.target,
        ),
        StackKind::Integration => (
            "zero_etl/service_catalog/launch_role/integration",
            &stacks.integration,
        ),
    };
    let mut template = Template::new(
        origin(blueprint),
        format!(
            "Zero-ETL from DynamoDB to a lakehouse, Service Catalog: the launch role of the {} \
             product, with exactly the actions that the product needs. Deploy it into the account \
             of the portfolio and into each account that launches.",
            kind.as_str()
        ),
    );
    let needs = permissions::needs(stack)?;
    let mut statements = driving();
    // Whoever launches decides about options, so all of them are permitted.
    statements.extend(permissions::statements(
        &needs,
        places::of_launched_stacks,
        |_| None,
        &DemandedBoundary {
            when: HAS_BOUNDARY,
            arn: Value::reference(&PERMISSIONS_BOUNDARY_ARN),
        },
    ));
    let document = Value::from(IamPolicy::new(statements));
    template.parameters.push(p::launch_role_prefix());
    let used: BTreeSet<String> = Mentioned::in_value(&document).references;
    let known = [
        p::table_names(),
        p::database_names(),
        p::required_target_account_id(),
        p::release_bucket(),
    ];
    let needed = |parameter: &Parameter| used.contains(parameter.name.as_str());
    template.parameters.extend(known.into_iter().filter(needed));
    if kind == StackKind::Target {
        let none = Test::is_empty(Value::reference(&PERMISSIONS_BOUNDARY_ARN));
        let demanded = Test::Not(Box::new(none));
        template.conditions.insert(HAS_BOUNDARY, demanded);
        template.parameters.push(permissions_boundary_arn());
    }
    template.resources.push(role(kind, document));
    template.output(
        ROLE_ARN,
        "ARN of the role; the portfolio finds it by its name.",
        Value::GetAtt(ROLE, "Arn"),
    );
    Ok(template)
}

/// What Service Catalog does with any product: drive the stack, and read its own copy of the
/// template.
fn driving() -> Vec<IamStatement> {
    vec![
        IamStatement::allow("Stacks", STACK_ACTIONS, [places::stacks()]),
        IamStatement::allow("LookAtTemplates", TEMPLATE_ACTIONS, [Value::from("*")]),
        IamStatement::allow("ReadTemplates", ["s3:GetObject"], [Value::from("*")]).when(
            "StringEquals",
            "s3:ExistingObjectTag/servicecatalog:provisioning",
            "true",
        ),
    ]
}

fn role(kind: StackKind, document: Value) -> Resource {
    let name = Value::concat([
        (&p::LAUNCH_ROLE_PREFIX).into(),
        format!("-{}", kind.as_str()).as_str().into(),
    ]);
    let trust = IamStatement::allow("ServiceCatalogAssumes", ["sts:AssumeRole"], [])
        .principal(Principal::Service("servicecatalog.amazonaws.com"));
    let policy = Object::new()
        .with("PolicyName", "Launch")
        .with("PolicyDocument", document);
    let description = format!(
        "Service Catalog launches the {} product with it.",
        kind.as_str()
    );
    let properties = Object::new()
        // The launch constraint finds the role by its name, in whatever account it is.
        .with("RoleName", name)
        .with("Description", description.as_str())
        .with("AssumeRolePolicyDocument", IamPolicy::new([trust]))
        .with("Policies", Value::list([policy.into()]));
    let mut role = Resource::new(ROLE, "AWS::IAM::Role", properties);
    suppressed::in_policy(&mut role);
    role
}
