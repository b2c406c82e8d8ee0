//! For each of the three stacks, a template with the policy of whoever deploys it: exactly the
//! actions that its resources need, on nothing but what it makes.
//!
//! The parameters are those of the stack itself, so that a statement for an option is there only
//! when the option is.

mod driving;
mod places;

use super::{Stacks, generic::product, suppressed};
use crate::{
    model::{
        Constraint, Group, IamPolicy, LogicalId, Mentioned, Object, Origin, OutputName, Parameter,
        ParameterName, Resource, Template, Value,
    },
    permissions::{self, Unreviewed},
    plan::StackKind,
};

const POLICY: LogicalId = LogicalId::fixed("DeployerPolicy");
const POLICY_ARN: OutputName = OutputName::fixed("DeployerPolicyArn");
const STACK_NAME: ParameterName = ParameterName::fixed("StackName");
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
    let mut statements = vec![driving::statement()];
    statements.extend(permissions::statements(
        &needs,
        places::of_one_stack,
        |condition| Some(condition.clone()),
    ));
    let document = Value::from(IamPolicy::new(statements));
    template.parameters.push(stack_name(kind));
    take_over(&mut template, stack, &document);
    let description = format!("Deploys the {} stack of zeroetl.", kind.as_str());
    let properties = Object::new()
        .with("Description", description.as_str())
        .with("PolicyDocument", document);
    let mut policy = Resource::new(POLICY, "AWS::IAM::ManagedPolicy", properties);
    suppressed::in_policy(&mut policy);
    template.resources.push(policy);
    template.output(
        POLICY_ARN,
        "ARN of the policy, to be attached to the deployer.",
        Value::reference(&POLICY),
    );
    Ok(template)
}

/// The stack's own conditions, as far as the statements use them, and the parameters for both.
fn take_over(template: &mut Template, stack: &Template, statements: &Value) {
    let used = Mentioned::in_value(statements);
    let mut names = used.references;
    for (name, test) in &stack.conditions {
        if used.conditions.contains(name.as_str()) {
            names.extend(Mentioned::in_test(test).references);
            template.conditions.insert(name.clone(), test.clone());
        }
    }
    let needed = |parameter: &&Parameter| names.contains(parameter.name.as_str());
    let parameters = stack.parameters.iter().filter(needed);
    template.parameters.extend(parameters.cloned());
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
