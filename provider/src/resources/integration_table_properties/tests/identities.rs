//! What ids say, and which id a request ends with.

use proptest::prelude::*;

use super::super::identity::{self, Meaning};
use super::*;
use crate::resource::Request;

fn pair(arn: &str, table: &str) -> TableKey {
    TableKey {
        resource_arn: arn.to_owned(),
        table_name: table.to_owned(),
    }
}

#[test]
fn an_id_names_its_pair() {
    // Stacks out there hold such ids: their form is API.
    assert_eq!(
        identity::id(&key("Orders")).as_str(),
        format!("{DATABASE}|Orders")
    );
}

#[test]
fn an_id_that_would_be_too_long_ends_in_a_digest() {
    let long = pair(&format!("{DATABASE}{}", "ä".repeat(600)), "Orders");
    let id = identity::id(&long);
    assert!(id.as_str().len() <= PhysicalId::MAX_BYTES);
    assert_eq!(
        identity::meaning(&id, Some(&long)),
        Meaning::Pair(long.clone())
    );
    assert_eq!(
        identity::meaning(&id, Some(&key("Orders"))),
        Meaning::Digest
    );
    assert_eq!(identity::meaning(&id, None), Meaning::Digest);
    assert_ne!(id, identity::id(&pair(&long.resource_arn, "Users")));
}

#[test]
fn ids_that_cloudformation_made_up_mean_nothing() {
    for made_up in [
        "stack-Resource-1ABC",
        "x|y",
        "|",
        "arn:aws|",
        "integration-table-properties",
    ] {
        let id = PhysicalId::new(made_up).unwrap();
        assert_eq!(
            identity::meaning(&id, None),
            Meaning::Unfamiliar,
            "{made_up}"
        );
    }
}

#[test]
fn a_failed_create_answers_with_an_id_that_names_no_pair() {
    let (stack, logical) = (
        crate::resource::StackId::new("s"),
        crate::resource::LogicalId::new("l"),
    );
    let properties = top();
    let request = Request {
        stack_id: &stack,
        logical_id: &logical,
        physical_id: None,
        update: false,
        properties: &properties,
        old_properties: &Value::Null,
    };
    let meaning =
        |untouched| identity::meaning(&identity::marker(request, untouched), Some(&key("Orders")));
    assert_eq!(
        (meaning(true), meaning(false)),
        (Meaning::Refused, Meaning::Unfinished)
    );
}

#[tokio::test(start_paused = true)]
async fn an_unfamiliar_id_is_kept_as_long_as_the_identity_is() {
    let glue = with(&top());
    let unfamiliar = PhysicalId::new("from-an-older-release").unwrap();
    let asked = Asked::update(&unfamiliar, &top(), &renamed());
    assert_eq!(asked.apply(&Table, &glue).await.unwrap().id, unfamiliar);
    let asked = Asked::update(&unfamiliar, &top(), &properties("Users", json!({})));
    assert_eq!(
        asked.apply(&Table, &glue).await.unwrap().id.as_str(),
        format!("{DATABASE}|Users")
    );
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_is_rolled_back_ends_where_it_began() {
    let glue = with(&top());
    let users = properties("Users", json!({"UnnestSpec": "FULL"}));
    let new = update(&glue, &top(), &users).await.unwrap().id;
    let back = Asked::update(&new, &users, &top())
        .apply(&Table, &glue)
        .await
        .unwrap();
    assert_eq!(back.id, id());
    delete(&glue, new.as_str(), &users).await.unwrap();
    assert_eq!(glue.table(&key("Users")), None);
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
}

proptest! {
    #[test]
    fn an_id_reads_back_to_its_pair(arn in "arn:[a-z%|:é0-9C]{1,60}", table in "\\PC{1,128}") {
        let pair = pair(&arn, &table);
        let id = identity::id(&pair);
        prop_assert!(id.as_str().len() <= PhysicalId::MAX_BYTES);
        let meant = Meaning::Pair(pair.clone());
        prop_assert_eq!(identity::meaning(&id, None), meant.clone());
        prop_assert_eq!(identity::meaning(&id, Some(&pair)), meant);
    }

    #[test]
    fn two_pairs_never_share_an_id(
        one in ("arn:[%|27C5a]{1,6}", "[%|27C5a]{1,6}"), other in ("arn:[%|27C5a]{1,6}", "[%|27C5a]{1,6}")
    ) {
        let (one, other) = (pair(&one.0, &one.1), pair(&other.0, &other.1));
        prop_assert_eq!(one == other, identity::id(&one) == identity::id(&other));
    }
}
