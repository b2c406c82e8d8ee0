//! Whether a plan hangs together: its shape, and a value for every parameter, checked before anybody
//! is asked. What AWS takes of one stack is checked where the plan is made. Pure; collects every
//! problem.

use serde_json::{Map, Value};

use crate::plan::{DeploymentPlan, StackKind, StackPlan};

/// CloudFormation takes no longer template in a request.
const INLINE_BYTES: usize = 51_200;

/// The parameters that `deploy` fills in, since only it knows where the provider's code lies.
pub(crate) const CODE_PARAMETERS: [&str; 2] = ["ProviderCodeBucket", "ProviderCodeKey"];

/// Everything that is wrong with a plan.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan cannot be carried out:\n  {}", .0.join("\n  "))]
pub struct PlanProblems(pub Vec<String>);

/// Checks the whole plan.
pub(crate) fn check(plan: &DeploymentPlan) -> Result<(), PlanProblems> {
    let mut problems = Vec::new();
    let kinds: Vec<_> = plan.stacks.iter().map(|stack| stack.kind).collect();
    if kinds != StackKind::ALL {
        problems.push(format!(
            "the plan has the stacks {kinds:?}; expected {:?}",
            StackKind::ALL
        ));
    }
    for stack in &plan.stacks {
        let mut problem = |text: String| problems.push(format!("stack `{}`: {text}", stack.name));
        match serde_json::from_str::<Value>(&stack.template) {
            Ok(template) => check_parameters(stack, declared(&template), &mut problem),
            Err(error) => problem(format!("its template is not JSON ({error})")),
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(PlanProblems(problems))
    }
}

fn check_parameters(
    stack: &StackPlan,
    declared: Option<&Map<String, Value>>,
    problem: &mut impl FnMut(String),
) {
    for name in stack.parameters.keys() {
        if declared.is_none_or(|declared| !declared.contains_key(name)) {
            problem(format!(
                "the plan sets `{name}`, which its template does not declare"
            ));
        }
    }
    for (name, declaration) in declared.into_iter().flatten() {
        let filled = stack.parameters.contains_key(name)
            || declaration.get("Default").is_some()
            || CODE_PARAMETERS.contains(&name.as_str());
        if !filled {
            problem(format!(
                "its template needs `{name}`, which the plan does not set"
            ));
        }
    }
}

fn declared(template: &Value) -> Option<&Map<String, Value>> {
    template.get("Parameters").and_then(Value::as_object)
}

/// Whether a template can travel with the request; a larger one goes through a bucket.
pub(crate) fn fits_request(template: &str) -> bool {
    template.len() <= INLINE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::plan;

    #[test]
    fn a_sound_plan_has_no_problem() {
        assert_eq!(check(&plan()), Ok(()));
    }

    #[test]
    fn every_problem_is_reported_at_once_with_its_stack() {
        let mut plan = plan();
        plan.stacks[0].template = "{".to_owned();
        plan.stacks[1]
            .parameters
            .insert("Nonsense".to_owned(), "1".to_owned());
        plan.stacks[2].parameters.clear();
        let text = check(&plan).unwrap_err().to_string();
        assert!(
            text.contains("stack `demo-source`: its template is not JSON"),
            "{text}"
        );
        assert!(
            text.contains("stack `demo-target`: the plan sets `Nonsense`"),
            "{text}"
        );
        assert!(
            text.contains("stack `demo-integration`: its template needs `DatabaseName`"),
            "{text}"
        );
    }

    #[test]
    fn a_missing_stack_is_noticed() {
        let mut plan = plan();
        plan.stacks.remove(1);
        let text = check(&plan).unwrap_err().to_string();
        assert!(
            text.contains("the plan has the stacks [Source, Integration]"),
            "{text}"
        );
    }

    #[test]
    fn a_template_one_byte_too_long_for_a_request_goes_through_a_bucket() {
        let mut template = " ".repeat(INLINE_BYTES);
        assert!(fits_request(&template));
        template.push(' ');
        assert!(!fits_request(&template));
    }
}
