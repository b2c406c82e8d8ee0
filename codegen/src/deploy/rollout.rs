//! `deploy` as a whole: everything looked at, the steps computed, consent asked for, and only then
//! the steps carried out. A second run goes on from where the first one ended.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::ask::Ask;
use super::aws_error::AwsError;
use super::carry_out::{CarryOut, StepError};
use super::code_bucket::BucketError;
use super::done::Stopped;
use super::hindrance::hinders_deploy;
use super::look::{Closely, look};
use super::plan_check::{PlanProblems, check};
use super::progress::Progress;
use super::provider_zip::{self, Architecture, ZipError};
use super::session::{Session, SignInProblems};
use super::survey::{SurveyError, Surveyed, settle, survey};
use super::uploads::Uploads;
use crate::flows::zero_etl::consent::Consent;
use crate::flows::zero_etl::drift::Drift;
use crate::flows::zero_etl::owner::Identity;
use crate::flows::zero_etl::steps::{Before, Known, Steps, steps};
use crate::plan::{DeploymentPlan, StackKind};

/// What the user decides beside the plan.
#[derive(Debug, Clone)]
pub struct Options {
    /// The provider's zip; the default place when absent.
    pub zip: Option<PathBuf>,
    /// What the provider runs on.
    pub architecture: Architecture,
    /// A bucket of the target account for the provider's code and the target's template.
    pub target_bucket: Option<String>,
    /// A bucket of the source account for large templates.
    pub source_bucket: Option<String>,
    /// Whether retained resources and table properties of an earlier deployment are taken in.
    pub import_existing: bool,
    /// What is permitted without a question.
    pub permits: Permits,
    /// How long changed policies may spread before the integration is made; our own choice when
    /// absent.
    pub settle: Option<Duration>,
}

/// What is permitted without a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permits {
    /// Integrations may be made again, and layouts be changed, which loads tables from the start.
    pub reload: bool,
    /// Replication may end.
    pub removal: bool,
    /// The database, or the table, that the stacks were deployed for, when it is not the config's.
    pub deployed: Option<String>,
}

/// One stack as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedStack {
    /// Which one.
    pub kind: StackKind,
    /// Its name.
    pub name: String,
    /// Whether this run changed it.
    pub changed: bool,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
}

/// Why the deployment did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The plan does not hang together.
    #[error(transparent)]
    Plan(#[from] PlanProblems),
    /// The provider's zip cannot be used.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// Not signed in, or not to the right accounts.
    #[error(transparent)]
    SignIn(#[from] SignInProblems),
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A stack has to be repaired or waited for, or is somebody else's.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// Something would end, be loaded again or be taken over, and nobody said that it may.
    #[error("nothing was touched{}", missing(.0))]
    Consent(Vec<Consent>),
    /// The code has no place.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// All steps were taken, and what is live is still something else.
    #[error(
        "the stacks are deployed, but not everything is as wanted:\n  {}\n  next: `zeroetl status` \
         shows how it stands; remove the cause and run `zeroetl deploy` again",
        .0.join("\n  ")
    )]
    NotAsWanted(Vec<String>),
    /// A step failed.
    #[error("{cause}{stopped}")]
    Stopped {
        /// Why.
        cause: StepError,
        /// What had been done by then.
        stopped: Stopped,
    },
}

fn missing(consents: &[Consent]) -> String {
    consents.iter().fold(String::new(), |text, consent| {
        format!(
            "{text}\n  {consent}\n    if that may be, add `{}`",
            consent.flag()
        )
    })
}

impl Permits {
    /// Whether a consent is given beforehand.
    pub(crate) fn given(&self, consent: &Consent) -> bool {
        match consent {
            Consent::Removal(_) => self.removal,
            Consent::Reload(_) | Consent::Relayout(_) => self.reload,
            Consent::Deployed { name, .. } => self.deployed.as_ref() == Some(name),
        }
    }
}

/// Carries out the plan.
pub async fn rollout(
    plan: &DeploymentPlan,
    options: &Options,
    ask: &impl Ask,
    progress: &impl Progress,
) -> Result<Vec<DeployedStack>, DeployError> {
    check(plan)?;
    let zip = provider_zip::open(options.zip.as_deref(), options.architecture)?;
    let session = Session::open(plan).await?;
    let mut stacks = survey(&session, plan).await?;
    settle(&session, &mut stacks, hinders_deploy, progress).await?;

    let before = look(
        &session,
        plan,
        &stacks.iter().collect::<Vec<_>>(),
        Closely::Permitted,
        progress,
    )
    .await?;
    for difference in &before.differences {
        progress.line(&format!("not as deployed: {difference}"));
    }
    let Steps { steps, consents } = computed(&stacks, &before.drift, options);
    let owners = other_deployment(&stacks).into_iter();
    let consents: Vec<_> = owners.chain(consents).collect();
    let permits = consent(&consents, &options.permits, ask).await?;

    let uploads = Uploads::prepare(&session, &steps, options, &zip, progress).await?;
    let mut work = CarryOut::new(&session, &uploads, options, &permits, stacks, progress);
    work.all(&steps).await?;

    let closely = if before.drift.native.is_empty() {
        Closely::Glue
    } else {
        Closely::Permitted
    };
    let after = look(
        &session,
        plan,
        &work.stacks().iter().collect::<Vec<_>>(),
        closely,
        progress,
    )
    .await?;
    if after.differences.is_empty() {
        Ok(work.result())
    } else {
        let differences = after.differences.iter();
        Err(DeployError::NotAsWanted(
            differences
                .map(|one| match &one.mend {
                    Some(mend) => format!("{}; {mend}", one.what),
                    None => one.what.clone(),
                })
                .collect(),
        ))
    }
}

/// The steps from what the stacks are now to what the plan wants.
fn computed(stacks: &[Surveyed<'_>], drift: &Drift, options: &Options) -> Steps {
    let known = |kind: StackKind| {
        let surveyed = stacks.iter().find(|one| one.plan.kind == kind);
        surveyed.map(|surveyed| Known {
            empty: surveyed.empty,
            deployed: surveyed.deployed().filter(|_| !surveyed.empty),
            wanted: &surveyed.wanted,
        })
    };
    let [Some(source), Some(target), Some(integration)] = StackKind::ALL.map(known) else {
        // The plan was checked to have all three.
        return Steps::default();
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default().as_millis().to_string();
    steps(&Before {
        source,
        target,
        integration,
        drift,
        import_existing: options.import_existing,
        force: &now,
    })
}

/// The consent that is needed when the stacks were deployed for something else.
pub(super) fn other_deployment(stacks: &[Surveyed<'_>]) -> Option<Consent> {
    let (mut deployed, mut wanted) = (Identity::default(), Identity::default());
    for surveyed in stacks {
        wanted.read(&surveyed.wanted, &surveyed.plan.parameters);
        if let (Some(template), Some(stack)) = (surveyed.deployed(), &surveyed.standing) {
            deployed.read(template, &stack.parameters);
        }
    }
    let name = deployed.other_than(&wanted)?.to_owned();
    let wanted = wanted.database.or_else(|| wanted.tables.first().cloned());
    Some(Consent::Deployed {
        name,
        wanted: wanted.unwrap_or_default(),
    })
}

/// Asks for what is not permitted beforehand; what is permitted in the end.
pub(super) async fn consent(
    consents: &[Consent],
    permits: &Permits,
    ask: &impl Ask,
) -> Result<Permits, DeployError> {
    let mut given = permits.clone();
    let mut missing = Vec::new();
    for consent in consents {
        if permits.given(consent) {
            continue;
        }
        match ask.ask(&consent.to_string()).await {
            Some(true) => match consent {
                Consent::Removal(_) => given.removal = true,
                Consent::Reload(_) | Consent::Relayout(_) => given.reload = true,
                Consent::Deployed { name, .. } => given.deployed = Some(name.clone()),
            },
            _ => missing.push(consent.clone()),
        }
    }
    if missing.is_empty() {
        Ok(given)
    } else {
        Err(DeployError::Consent(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answers(Option<bool>);

    impl Ask for Answers {
        async fn ask(&self, _: &str) -> Option<bool> {
            self.0
        }
    }

    #[tokio::test]
    async fn what_nobody_permits_is_refused_with_its_reason_and_its_flag() {
        let ends = Consent::Removal(vec!["Orders".to_owned()]);
        let consents = std::slice::from_ref(&ends);
        let none = Permits::default();
        for answer in [None, Some(false)] {
            let error = consent(consents, &none, &Answers(answer)).await;
            assert_eq!(
                error.unwrap_err().to_string(),
                format!("nothing was touched\n  {ends}\n    if that may be, add `--allow-removal`")
            );
        }
        let given = consent(consents, &none, &Answers(Some(true))).await;
        assert!(given.unwrap().removal);
        let permits = Permits {
            removal: true,
            ..none
        };
        assert!(consent(consents, &permits, &Answers(None)).await.is_ok());
    }

    #[tokio::test]
    async fn another_deployments_stacks_are_taken_only_by_their_name() {
        let theirs = Consent::Deployed {
            name: "sales".to_owned(),
            wanted: "orders".to_owned(),
        };
        let by = async |name: &str| {
            let permits = Permits {
                deployed: Some(name.to_owned()),
                removal: true,
                reload: true,
            };
            consent(std::slice::from_ref(&theirs), &permits, &Answers(None)).await
        };
        assert!(by("sales").await.is_ok());
        let error = by("orders").await.unwrap_err().to_string();
        assert!(error.contains("add `--deployed sales`"), "{error}");
    }
}
