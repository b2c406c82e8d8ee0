//! Delete: own statements go, found by their marker, even when somebody edited them.

use zeroetl_properties::{EnableHybrid, GlueResourcePolicyProperties};

use super::{
    document::Document,
    owner::Marker,
    race::Race,
    refusal::{Draft, Principals},
    sharing,
};
use crate::{
    ports::Condition,
    resource::{Failure, Request, World},
};

pub(super) async fn cleanup(request: Request<'_>, world: World<'_>) -> Result<(), Failure> {
    let marker = Marker::of(request.stack_id, request.logical_id);
    let hybrid = GlueResourcePolicyProperties::read(request.properties)
        .0
        .map_or(EnableHybrid::True, |properties| properties.enable_hybrid);
    let mut race = Race::new(world.deadline);
    let mut principals = Principals::new(world.deadline);
    loop {
        let Some(live) = world.glue.read().await? else {
            return Ok(());
        };
        let Ok(document) = Document::parse(&live.text) else {
            tracing::warn!("the live catalog policy cannot be read; it is left alone");
            return Ok(());
        };
        if document.own(&marker).next().is_none() {
            return Ok(());
        }
        let shared = sharing::allows_sharing(&document);
        let rest = document.with(&marker, &[]);
        let written = if rest.statements.is_empty() {
            world.glue.delete(live.hash.as_deref()).await
        } else {
            let condition = Condition::Unchanged(live.hash.clone());
            let put = world.glue.put(&rest.text(), &condition, hybrid).await;
            put.map(|_| sharing::warn_if_blocked(&rest, shared))
        };
        match written {
            Ok(()) => return Ok(()),
            Err(error) if Race::lost(&error) => race.again().await?,
            Err(error) => {
                let draft = Draft {
                    marker: &marker,
                    document: &rest,
                    before: live.text.len(),
                };
                principals.wait_or_explain(error, &draft).await?;
            }
        }
    }
}
