//! What keeps a command from touching a stack: that it is stuck, protected, busy or somebody else's, each
//! with what to do about it. Pure.

use super::account::Login;
use super::deployed::Deployed;
use super::stack_state::{Verdict, foreign_operation, is_busy, stuck};
use super::survey::Surveyed;
use crate::shell::word;
use crate::visible::one_line;

/// What hinders a deployment: a stack that cannot be updated. One whose creation failed and that
/// holds nothing is deleted first.
pub(crate) fn hinders_deploy(surveyed: &Surveyed<'_>, login: &Login) -> Option<String> {
    if surveyed.empty {
        return None;
    }
    if let (Some(stack), Some(name)) = (&surveyed.standing, surveyed.pending.first()) {
        let name = one_line(name);
        return Some(format!(
            "change set `{name}` waits in stack `{}`, and somebody may be about to execute it, which \
             a deployment would prevent; wait for it, or delete it by `aws cloudformation \
             delete-change-set --stack-name {} --change-set-name {} {}`",
            stack.name,
            stack.name,
            word(&name),
            login.cli_flags()
        ));
    }
    let Verdict::Stuck(repair) = surveyed.verdict() else {
        return None;
    };
    Some(stuck(
        surveyed.standing.as_ref()?,
        repair,
        &surveyed.failed,
        login,
    ))
}

/// What hinders a teardown: protection that somebody put on.
pub(crate) fn hinders_destroy(surveyed: &Surveyed<'_>, login: &Login) -> Option<String> {
    let stack = surveyed.standing.as_ref().filter(|stack| stack.protected)?;
    Some(format!(
        "stack `{}` has termination protection; if it may go, run `aws cloudformation \
         update-termination-protection --no-enable-termination-protection --stack-name {} {}`",
        stack.name,
        stack.name,
        login.cli_flags()
    ))
}

/// An operation of somebody else's under way.
pub(super) fn busy(surveyed: &Surveyed<'_>, login: &Login) -> Option<String> {
    let stack = surveyed
        .standing
        .as_ref()
        .filter(|stack| is_busy(&stack.status))?;
    Some(foreign_operation(stack, login))
}

/// A stack of the same name that was made from something else. Every template of ours says which
/// blueprint it comes from.
pub(super) fn foreign_stack(surveyed: &Surveyed<'_>, login: &Login) -> Option<String> {
    let (plan, deployed) = (surveyed.plan, surveyed.template.as_ref()?);
    let template = match deployed {
        Deployed::Read(template) => template,
        Deployed::Unreadable(why) => {
            return Some(format!(
                "the template of stack `{}` in account {} cannot be read: {why}; what cannot be \
                 read cannot be compared, so nothing is done to that stack: update it with a \
                 template that zeroetl generates, or choose another `project` or `environment` in \
                 the config file",
                plan.name, login.account
            ));
        }
    };
    let blueprint = surveyed.wanted.blueprint()?;
    (template.blueprint() != Some(blueprint)).then(|| {
        format!(
            "account {} has a stack `{}` that does not come from zeroetl (no `{blueprint}` in its \
             template) and is `{}`; choose another `project` or `environment` in the config file, or \
             delete that stack if nobody needs it",
            login.account,
            plan.name,
            surveyed
                .standing
                .as_ref()
                .map_or("absent", |stack| stack.status.as_str())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::deployed::Template;
    use crate::deploy::testing::{login, plan, stack};

    #[test]
    fn a_stack_of_the_same_name_from_elsewhere_is_refused() {
        let plan = plan();
        let ours = r#"{"Metadata":{"zeroetl":{"Blueprint":"zero_etl/source"}}}"#;
        let with = |template: &str| Surveyed {
            template: Some(Deployed::parse(template)),
            ..Surveyed::new(
                &plan.stacks[0],
                Template::parse(ours).unwrap(),
                Some(stack("CREATE_COMPLETE")),
            )
        };
        let problem = foreign_stack(&with(r#"{"Resources":{}}"#), &login()).unwrap();
        assert!(problem.contains("does not come from zeroetl"), "{problem}");
        assert_eq!(foreign_stack(&with(ours), &login()), None);
        // The same template, deployed as YAML by other means.
        assert_eq!(
            foreign_stack(
                &with("Metadata: { zeroetl: { Blueprint: zero_etl/source } }"),
                &login()
            ),
            None
        );
        // A word of ours somewhere in it does not make it ours.
        let problem = foreign_stack(&with("Description: not zero_etl/source"), &login());
        assert!(problem.unwrap().contains("does not come from zeroetl"));
    }

    #[test]
    fn a_stack_whose_template_cannot_be_read_is_refused_with_the_reason() {
        let plan = plan();
        let surveyed = Surveyed {
            template: Some(Deployed::parse("Resources: [")),
            ..Surveyed::new(
                &plan.stacks[0],
                Template::default(),
                Some(stack("CREATE_COMPLETE")),
            )
        };
        let problem = foreign_stack(&surveyed, &login()).unwrap();
        assert!(
            problem.contains(
                "stack `demo-source` in account 111111111111 cannot be read: it is no YAML"
            ),
            "{problem}"
        );
    }
}
