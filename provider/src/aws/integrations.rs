//! Inbound integrations through the SDK.

use super::client::Session;
use crate::ports::{Call, CallErrorKind, Integration, Integrations};

impl Integrations for Session<'_> {
    fn inbound<'a>(&'a self, target_arn: &'a str) -> Call<'a, Vec<Integration>> {
        Box::pin(async move {
            let mut found = Vec::new();
            let mut marker: Option<String> = None;
            loop {
                let page = || {
                    self.client
                        .describe_inbound_integrations()
                        .target_arn(target_arn)
                        .set_marker(marker.clone())
                        .send()
                };
                let answer = match self
                    .caller
                    .call("glue:DescribeInboundIntegrations", page)
                    .await
                {
                    Ok(answer) => answer,
                    Err(error) if error.kind == CallErrorKind::NotFound => return Ok(found),
                    Err(error) => return Err(error),
                };
                let here = answer.inbound_integrations.unwrap_or_default();
                found.extend(here.into_iter().map(|integration| Integration {
                    arn: integration.integration_arn,
                    source_arn: integration.source_arn,
                    status: integration.status.as_str().to_owned(),
                }));
                let next = answer.marker.filter(|next| !next.is_empty());
                // A marker that comes back would page for ever.
                if next.is_none() || next == marker {
                    return Ok(found);
                }
                marker = next;
            }
        })
    }
}
