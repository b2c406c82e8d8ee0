//! The catalog's resource policy through the SDK.

use aws_sdk_glue::types::{EnableHybridValues, ExistCondition};
use zeroetl_properties::EnableHybrid;

use super::client::Session;
use crate::ports::{Call, CallErrorKind, CatalogPolicy, Condition, LivePolicy};

const PUT: &str = "glue:PutResourcePolicy";

impl CatalogPolicy for Session<'_> {
    fn read(&self) -> Call<'_, Option<LivePolicy>> {
        Box::pin(async move {
            let read = || self.client.get_resource_policy().send();
            let answer = match self.caller.call("glue:GetResourcePolicy", read).await {
                Ok(answer) => answer,
                Err(error) if error.kind == CallErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let hash = answer
                .policy_hash()
                .filter(|hash| !hash.is_empty())
                .map(ToOwned::to_owned);
            let text = answer.policy_in_json.filter(|text| !text.trim().is_empty());
            Ok(text.map(|text| LivePolicy { text, hash }))
        })
    }

    fn put<'a>(
        &'a self,
        text: &'a str,
        condition: &'a Condition,
        hybrid: EnableHybrid,
    ) -> Call<'a, String> {
        Box::pin(async move {
            let (exists, hash) = match condition {
                Condition::Absent => (ExistCondition::NotExist, None),
                Condition::Unchanged(hash) => (ExistCondition::MustExist, Some(hash.clone())),
            };
            let hybrid = match hybrid {
                EnableHybrid::True => EnableHybridValues::True,
                EnableHybrid::False => EnableHybridValues::False,
            };
            let put = || {
                self.client
                    .put_resource_policy()
                    .policy_in_json(text)
                    .policy_exists_condition(exists.clone())
                    .set_policy_hash_condition(hash.clone())
                    .enable_hybrid(hybrid.clone())
                    .send()
            };
            let answer = self.caller.call(PUT, put).await?;
            Ok(answer.policy_hash.unwrap_or_default())
        })
    }

    fn delete<'a>(&'a self, hash: &'a str) -> Call<'a, ()> {
        Box::pin(async move {
            let delete = || {
                self.client
                    .delete_resource_policy()
                    .policy_hash_condition(hash)
                    .send()
            };
            self.caller
                .call("glue:DeleteResourcePolicy", delete)
                .await
                .map(|_| ())
        })
    }
}
