//! Both accounts, signed in to and found to be the right ones. Whoever holds a [`Session`] need not
//! ask again whose credentials these are.

use std::fmt;

use super::account::{Account, Login, Side};
use super::cloudformation_sdk::SdkCloudFormation;
use super::identity::{self, IdentityError};
use crate::plan::{DeploymentPlan, StackKind, StackPlan};

/// The two accounts of a plan; they may be the same one.
#[derive(Debug)]
pub(crate) struct Session {
    source: Account,
    target: Account,
}

/// What is wrong with the credentials of either account.
#[derive(Debug, thiserror::Error)]
pub struct SignInProblems(pub Vec<IdentityError>);

impl fmt::Display for SignInProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => only.fmt(f),
            all => {
                write!(f, "not signed in to either account")?;
                all.iter()
                    .try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl Session {
    /// Signs in to both accounts, and checks that they are the plan's.
    pub(crate) async fn open(plan: &DeploymentPlan) -> Result<Self, SignInProblems> {
        let (source, target) = (login(plan, Side::Source), login(plan, Side::Target));
        let session = Self {
            source: Account::open(source).await,
            target: Account::open(target).await,
        };
        let mut problems = Vec::new();
        for account in [&session.source, &session.target] {
            if let Err(problem) = identity::verify(account).await {
                // Whoever does not answer for one account does not answer for the other.
                let passing = matches!(&problem, IdentityError::Aws(e) if e.problem.is_passing());
                problems.push(problem);
                if passing {
                    break;
                }
            }
        }
        if problems.is_empty() {
            Ok(session)
        } else {
            Err(SignInProblems(problems))
        }
    }

    /// The account of one side.
    pub(crate) fn account(&self, side: impl Into<Side>) -> &Account {
        match side.into() {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }

    /// CloudFormation where a stack lives.
    pub(crate) fn cloudformation(&self, kind: StackKind) -> SdkCloudFormation<'_> {
        SdkCloudFormation::new(self.account(kind))
    }
}

/// The login of one side, as the first of its stacks has it.
fn login(plan: &DeploymentPlan, side: Side) -> Login {
    let of = |read: fn(&StackPlan) -> String| {
        plan.stacks
            .iter()
            .find(|stack| Side::from(stack.kind) == side)
            .map(read)
            .unwrap_or_default()
    };
    Login {
        side,
        account: of(|stack| stack.account.clone()),
        region: of(|stack| stack.region.clone()),
        profile: Some(of(|stack| stack.profile.clone().unwrap_or_default()))
            .filter(|profile| !profile.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::testing::plan;

    #[test]
    fn each_side_signs_in_with_the_profile_of_its_stacks() {
        let mut plan = plan();
        plan.stacks[1].profile = Some("target-admin".to_owned());
        let source = login(&plan, Side::Source);
        assert_eq!(
            (source.account.as_str(), source.profile),
            ("111111111111", None)
        );
        let target = login(&plan, Side::Target);
        assert_eq!(target.account, "222222222222");
        assert_eq!(target.profile.as_deref(), Some("target-admin"));
    }
}
