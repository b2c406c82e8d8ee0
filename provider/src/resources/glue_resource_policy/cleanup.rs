//! Delete: own statements go, found by their marker, even when somebody edited them.

use zeroetl_properties::{EnableHybrid, GlueResourcePolicyProperties};

use super::{
    apply::{insists_on_hybrid, without_hash},
    document::Document,
    own_id,
    owner::Marker,
    race::Race,
    refusal::{Draft, Principals},
    sharing,
};
use crate::{
    overtaken::Overtaken,
    ports::Condition,
    resource::{Failure, Request, World},
};

pub(super) async fn cleanup(request: Request<'_>, world: World<'_>) -> Result<(), Failure> {
    let marker = Marker::of(request.stack_id, request.logical_id);
    let mut hybrid = GlueResourcePolicyProperties::read(request.properties)
        .0
        .map_or(EnableHybrid::True, |properties| properties.enable_hybrid);
    let mut race = Race::new(world.deadline);
    let mut principals = Principals::new(world.deadline);
    let mut overtaken = Overtaken::new(world.deadline);
    let given_by_us = request.physical_id == Some(&own_id(&marker));
    let mut hashless = false;
    loop {
        let live = world.glue.read().await?;
        let found = live.as_ref().is_some_and(|live| {
            // What cannot be read is left alone at once.
            Document::parse(&live.text)
                .map_or(true, |document| document.own(&marker).next().is_some())
        });
        if !found && !given_by_us && overtaken.again().await {
            continue;
        }
        let Some(live) = live.filter(|_| found) else {
            if !given_by_us {
                tracing::warn!(
                    owner = marker.as_str(),
                    "a Delete with an id that this provider did not give found nothing; a Create that is \
                     still under way may leave statements whose Sid begins with the owner"
                );
            }
            return Ok(());
        };
        let Ok(document) = Document::parse(&live.text) else {
            tracing::warn!("the live catalog policy cannot be read; it is left alone");
            return Ok(());
        };
        let Some(hash) = live.hash.clone() else {
            if hashless {
                return Err(without_hash());
            }
            hashless = true;
            continue;
        };
        let shared = sharing::allows_sharing(&document);
        let rest = document.with(&marker, &[]);
        let written = if rest.statements.is_empty() {
            world.glue.delete(&hash).await
        } else {
            let condition = Condition::Unchanged(hash);
            let put = world.glue.put(&rest.text(), &condition, hybrid).await;
            put.map(|_| sharing::warn_if_blocked(&rest, shared))
        };
        match written {
            Ok(()) => return Ok(()),
            Err(error) if Race::lost(&error) => race.again().await?,
            Err(error) if insists_on_hybrid(&error, hybrid) => hybrid = EnableHybrid::True,
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
