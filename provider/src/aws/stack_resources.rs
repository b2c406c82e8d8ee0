//! The resources of a stack through the SDK.

use super::client::Session;
use crate::ports::{Call, StackResource, StackResources};

impl StackResources for Session<'_> {
    fn list<'a>(&'a self, stack_id: &'a str) -> Call<'a, Vec<StackResource>> {
        Box::pin(async move {
            let client = self.aws.cloudformation(self.home.as_ref())?;
            let mut found = Vec::new();
            let mut next: Option<String> = None;
            loop {
                let page = || {
                    client
                        .list_stack_resources()
                        .stack_name(stack_id)
                        .set_next_token(next.clone())
                        .send()
                };
                let answer = self
                    .caller
                    .call("cloudformation:ListStackResources", page)
                    .await?;
                let here = answer.stack_resource_summaries.unwrap_or_default();
                found.extend(here.into_iter().map(|resource| {
                    StackResource {
                        logical_id: resource.logical_resource_id.unwrap_or_default(),
                        physical_id: resource.physical_resource_id,
                        status: resource
                            .resource_status
                            .map(|status| status.as_str().to_owned())
                            .unwrap_or_default(),
                    }
                }));
                let token = answer.next_token.filter(|token| !token.is_empty());
                // A token that comes back would page for ever.
                if token.is_none() || token == next {
                    return Ok(found);
                }
                next = token;
            }
        })
    }
}
