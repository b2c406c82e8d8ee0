//! What has to lie in a bucket before CloudFormation begins: the provider's zip, and templates too
//! large for a request.

use std::collections::BTreeMap;

use super::account::Side;
use super::cloudformation::Template;
use super::code_bucket::{BucketError, CodeBucket, zip_key};
use super::plan_check::{CODE_PARAMETERS, fits_request};
use super::progress::Progress;
use super::provider_zip::ProviderZip;
use super::rollout::Options;
use super::session::Session;
use crate::plan::{DeploymentPlan, StackKind, StackPlan};

/// Where CloudFormation finds what was uploaded.
#[derive(Debug)]
pub(crate) struct Uploads {
    code: [(String, String); 2],
    urls: BTreeMap<StackKind, String>,
    interim: Option<Template>,
}

impl Uploads {
    /// Uploads what is not there yet. `interim` is a template of the integration stack.
    pub(crate) async fn prepare(
        session: &Session,
        plan: &DeploymentPlan,
        interim: Option<&str>,
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
        let of_source = plan
            .stacks
            .iter()
            .filter(|stack| Side::from(stack.kind) == Side::Source);
        let mut texts = of_source
            .map(|stack| stack.template.as_str())
            .chain(interim);
        let source = if texts.all(fits_request) {
            None
        } else {
            let account = session.account(Side::Source);
            let bucket = CodeBucket::ensure(account, options.source_bucket.as_deref()).await?;
            tell_of(&bucket, progress);
            Some(bucket)
        };
        let mut urls = BTreeMap::new();
        for stack in plan
            .stacks
            .iter()
            .filter(|stack| !fits_request(&stack.template))
        {
            let bucket = match Side::from(stack.kind) {
                Side::Source => source.as_ref(),
                Side::Target => Some(&target),
            };
            if let Some(bucket) = bucket {
                let url = bucket.put_template(&stack.template).await?;
                progress.line(&format!("the template of `{}` is at {url}", stack.name));
                urls.insert(stack.kind, url);
            }
        }
        let interim = match (interim, &source) {
            (Some(text), Some(bucket)) if !fits_request(text) => {
                Some(Template::Url(bucket.put_template(text).await?))
            }
            (Some(text), _) => Some(Template::Inline(text.to_owned())),
            (None, _) => None,
        };
        let [bucket, object] = CODE_PARAMETERS;
        let code = [(bucket.to_owned(), target.name), (object.to_owned(), key)];
        Ok(Self {
            code,
            urls,
            interim,
        })
    }

    /// The template of a stack.
    pub(crate) fn template(&self, plan: &StackPlan) -> Template {
        match self.urls.get(&plan.kind) {
            Some(url) => Template::Url(url.clone()),
            None => Template::Inline(plan.template.clone()),
        }
    }

    /// The template in which the integration stack gives up what has to go first.
    pub(crate) fn interim(&self) -> Option<Template> {
        self.interim.clone()
    }

    /// The parameters of a stack: the plan's, and the place of the code for the target.
    pub(crate) fn parameters(&self, plan: &StackPlan) -> BTreeMap<String, String> {
        let mut parameters = plan.parameters.clone();
        if plan.kind == StackKind::Target {
            parameters.extend(self.code.iter().cloned());
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
    use crate::deploy::testing::plan;

    fn uploads() -> Uploads {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Uploads {
            code: [
                pair("ProviderCodeBucket", "bucket"),
                pair("ProviderCodeKey", "key"),
            ],
            urls: BTreeMap::from([(StackKind::Integration, "https://large".to_owned())]),
            interim: None,
        }
    }

    #[test]
    fn only_the_target_stack_is_told_where_the_code_lies() {
        let plan = plan();
        let names = |index: usize| {
            uploads()
                .parameters(&plan.stacks[index])
                .into_keys()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["SourceTableName"]);
        assert_eq!(names(1), ["ProviderCodeBucket", "ProviderCodeKey"]);
        assert_eq!(names(2), ["DatabaseName"]);
    }

    #[test]
    fn only_an_uploaded_template_travels_by_url() {
        let plan = plan();
        let inline = Template::Inline(plan.stacks[0].template.clone());
        assert_eq!(uploads().template(&plan.stacks[0]), inline);
        let url = Template::Url("https://large".to_owned());
        assert_eq!(uploads().template(&plan.stacks[2]), url);
    }
}
