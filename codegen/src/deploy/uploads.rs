//! What has to lie in a bucket before CloudFormation begins: the provider's zip, and templates too
//! large for a request.

use std::collections::{BTreeMap, BTreeSet};

use super::account::Side;
use super::cloudformation::Template;
use super::code_bucket::{BucketError, CodeBucket, zip_key};
use super::plan_check::{CODE_PARAMETERS, fits_request};
use super::progress::Progress;
use super::provider_zip::ProviderZip;
use super::rollout::Options;
use super::session::Session;
use super::survey::Surveyed;
use crate::flows::zero_etl::steps::Step;
use crate::plan::StackKind;

const FORCE_UPDATE: &str = "ForceUpdate";

/// Where CloudFormation finds what was uploaded.
#[derive(Debug)]
pub(crate) struct Uploads {
    code: [(String, String); 2],
    /// By account and text.
    urls: BTreeMap<(Side, String), String>,
}

impl Uploads {
    /// Uploads what is not there yet and what any of the steps needs.
    pub(crate) async fn prepare(
        session: &Session,
        steps: &[Step],
        options: &Options,
        zip: &ProviderZip,
        progress: &impl Progress,
    ) -> Result<Self, BucketError> {
        let account = session.account(Side::Target);
        let target = CodeBucket::ensure(account, options.target_bucket.as_deref()).await?;
        tell_of(&target, progress);
        let key = zip_key(zip);
        let uploaded = target.put(&key, &zip.bytes, "application/zip").await?;
        let done = if uploaded {
            "uploaded"
        } else {
            "already there:"
        };
        progress.line(&format!("{done} provider s3://{}/{key}", target.name));

        // CloudFormation reads a template with the rights of whoever deploys, so each account needs
        // a bucket of its own.
        let large: BTreeSet<(Side, &str)> = steps
            .iter()
            .filter_map(Step::template)
            .filter(|(_, text)| !fits_request(text))
            .map(|(kind, text)| (Side::from(kind), text))
            .collect();
        let source = if large.iter().any(|(side, _)| *side == Side::Source) {
            let account = session.account(Side::Source);
            let bucket = CodeBucket::ensure(account, options.source_bucket.as_deref()).await?;
            tell_of(&bucket, progress);
            Some(bucket)
        } else {
            None
        };
        let mut urls = BTreeMap::new();
        for (side, text) in large {
            let bucket = match side {
                Side::Source => source.as_ref(),
                Side::Target => Some(&target),
            };
            if let Some(bucket) = bucket {
                let url = bucket.put_template(text).await?;
                progress.line(&format!("a template is at {url}"));
                urls.insert((side, text.to_owned()), url);
            }
        }
        let [bucket, object] = CODE_PARAMETERS;
        let code = [(bucket.to_owned(), target.name), (object.to_owned(), key)];
        Ok(Self { code, urls })
    }

    /// Where CloudFormation finds a template.
    pub(crate) fn template(&self, kind: StackKind, text: &str) -> Template {
        match self.urls.get(&(Side::from(kind), text.to_owned())) {
            Some(url) => Template::Url(url.clone()),
            None => Template::Inline(text.to_owned()),
        }
    }

    /// The parameters of a stack: the plan's, the place of the code for the target, and a value of
    /// `ForceUpdate`: the one that is deployed stays when no new one is given.
    pub(crate) fn parameters(
        &self,
        surveyed: &Surveyed<'_>,
        force: Option<&str>,
    ) -> BTreeMap<String, String> {
        let mut parameters = surveyed.plan.parameters.clone();
        if surveyed.plan.kind == StackKind::Target {
            parameters.extend(self.code.iter().cloned());
        }
        if surveyed.wanted.parameters.contains_key(FORCE_UPDATE) {
            let standing = surveyed.standing.as_ref();
            let deployed = standing.and_then(|stack| stack.parameters.get(FORCE_UPDATE));
            if let Some(value) = force.or(deployed.map(String::as_str)) {
                parameters.insert(FORCE_UPDATE.to_owned(), value.to_owned());
            }
        }
        parameters
    }
}

fn tell_of(bucket: &CodeBucket<'_>, progress: &impl Progress) {
    if bucket.made {
        progress.line(&format!("made bucket `{}`", bucket.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::cloudformation::Stack;
    use crate::deploy::deployed;
    use crate::deploy::testing::{plan, stack};
    use crate::plan::StackPlan;

    fn uploads() -> Uploads {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Uploads {
            code: [
                pair("ProviderCodeBucket", "bucket"),
                pair("ProviderCodeKey", "key"),
            ],
            urls: BTreeMap::from([((Side::Source, "{}".to_owned()), "https://large".to_owned())]),
        }
    }

    fn surveyed(plan: &StackPlan, standing: Option<Stack>) -> Surveyed<'_> {
        Surveyed::new(
            plan,
            deployed::Template::parse(&plan.template).unwrap(),
            standing,
        )
    }

    #[test]
    fn only_the_target_stack_is_told_where_the_code_lies() {
        let plan = plan();
        let names = |index: usize| {
            uploads()
                .parameters(&surveyed(&plan.stacks[index], None), None)
                .into_keys()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["SourceTableName"]);
        assert_eq!(names(1), ["ProviderCodeBucket", "ProviderCodeKey"]);
        assert_eq!(names(2), ["DatabaseName"]);
    }

    #[test]
    fn a_deployed_force_stays_until_there_is_a_new_one() {
        let mut plan = plan();
        r#"{"Parameters":{"ForceUpdate":{"Default":""}}}"#.clone_into(&mut plan.stacks[0].template);
        let mut standing = stack("UPDATE_COMPLETE");
        let force = |standing: &Stack, force| {
            let surveyed = surveyed(&plan.stacks[0], Some(standing.clone()));
            uploads()
                .parameters(&surveyed, force)
                .get("ForceUpdate")
                .cloned()
        };
        assert_eq!(force(&standing, None), None);
        let deployed = ("ForceUpdate".to_owned(), "1".to_owned());
        standing.parameters.extend([deployed]);
        assert_eq!(force(&standing, None).as_deref(), Some("1"));
        assert_eq!(force(&standing, Some("2")).as_deref(), Some("2"));
    }

    #[test]
    fn only_an_uploaded_template_travels_by_url() {
        let template = |kind, text| uploads().template(kind, text);
        let url = Template::Url("https://large".to_owned());
        assert_eq!(template(StackKind::Integration, "{}"), url);
        let inline = Template::Inline("{}".to_owned());
        assert_eq!(template(StackKind::Target, "{}"), inline);
    }
}
