//! Every Delete: by our id, by ids that are not ours, under integrations.

use super::*;

#[tokio::test(start_paused = true)]
async fn delete_of_what_is_absent_is_one_read() {
    let glue = FakeGlue::default();
    delete(&glue, id().as_str(), &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET]);
}

#[tokio::test(start_paused = true)]
async fn delete_by_our_id_removes_the_pair_whatever_its_values_and_properties() {
    for properties in [
        top(),
        json!({}),
        json!("x"),
        properties("Other", json!({"UnnestSpec": 7})),
    ] {
        let glue = with(&renamed());
        delete(&glue, id().as_str(), &properties).await.unwrap();
        assert_eq!(glue.calls(), [GET, LIST, INBOUND, REMOVE]);
        assert_eq!(glue.table(&key("Orders")), None);
    }
}

#[tokio::test(start_paused = true)]
async fn delete_under_a_live_integration_fails_and_names_it() {
    let glue = with(&top());
    integrations(&glue, [vec![integration("Orders", "NEEDS_ATTENTION")]]);
    let failure = delete(&glue, id().as_str(), &top()).await.unwrap_err();
    assert_eq!(
        (failure.kind, glue.calls()),
        (ReasonKind::InUse, vec![GET, LIST, INBOUND])
    );
    for part in ["integration:Orders", "NEEDS_ATTENTION", "delete it first"] {
        assert!(failure.detail.contains(part), "{}", failure.detail);
    }
}

#[tokio::test(start_paused = true)]
async fn delete_waits_for_an_integration_that_is_going() {
    let glue = with(&top());
    let going = vec![integration("Orders", "DELETING")];
    integrations(&glue, [going.clone(), going.clone(), going, vec![]]);
    delete(&glue, id().as_str(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), None);
}

#[tokio::test(start_paused = true)]
async fn delete_does_not_wait_past_its_time() {
    let glue = with(&top());
    integrations(&glue, [vec![integration("Orders", "DELETING")]]);
    let failure = delete(&glue, id().as_str(), &top()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::InUse);
    assert!(
        failure.detail.contains("try again when it is gone"),
        "{}",
        failure.detail
    );
    assert!(glue.table(&key("Orders")).is_some());
}

#[tokio::test(start_paused = true)]
async fn an_integration_that_owns_the_pair_counts_whatever_it_reads() {
    let glue = with(&top());
    let mut owner = integration("Orders", "ACTIVE");
    owner.source_arn = "arn:aws:dynamodb:us-east-1:222222222222:table/Other".to_owned();
    glue.own(&key("Orders"), &owner.arn);
    integrations(&glue, [vec![owner]]);
    assert!(delete(&glue, id().as_str(), &top()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_read_any_table_and_counts() {
    let glue = with(&top());
    let mut saas = integration("x", "ACTIVE");
    saas.source_arn = "arn:aws:glue:us-east-1:222222222222:connection/crm".to_owned();
    integrations(&glue, [vec![saas]]);
    assert!(delete(&glue, id().as_str(), &top()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn delete_by_an_id_that_is_not_ours_needs_equal_values() {
    let glue = with(&top());
    delete(&glue, "stack-Resource-1ABC", &renamed())
        .await
        .unwrap();
    assert_eq!(glue.calls(), [GET]);
    delete(&glue, "stack-Resource-1ABC", &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), None);
}

#[tokio::test(start_paused = true)]
async fn delete_without_a_pair_to_name_does_nothing() {
    let glue = with(&top());
    for properties in [
        json!({}),
        json!({"ResourceArn": DATABASE}),
        json!(7),
        Value::Null,
    ] {
        delete(&glue, "stack-Resource-1ABC", &properties)
            .await
            .unwrap();
    }
    assert!(glue.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_denied_look_at_integrations_keeps_the_pair_and_names_the_action() {
    let glue = with(&top());
    glue.fail(INBOUND, [Fault::Refuse(CallErrorKind::AccessDenied, "no")]);
    let failure = delete(&glue, id().as_str(), &top()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::AccessDenied);
    assert!(
        failure
            .detail
            .contains("`glue:DescribeInboundIntegrations`"),
        "{}",
        failure.detail
    );
    assert!(glue.table(&key("Orders")).is_some());
}

fn held(glue: &FakeGlue, logical: &str, physical: &str, status: &str) {
    glue.state.borrow_mut().stack.push(StackResource {
        logical_id: logical.to_owned(),
        physical_id: Some(physical.to_owned()),
        status: status.to_owned(),
    });
}

/// A renamed logical id: Create of the new one, then Delete of the old one.
#[tokio::test(start_paused = true)]
async fn a_pair_that_another_resource_of_the_stack_holds_stays_also_under_an_integration() {
    let glue = with(&top());
    integrations(&glue, [vec![integration("Orders", "ACTIVE")]]);
    held(&glue, "Resource", id().as_str(), "DELETE_IN_PROGRESS");
    held(&glue, "Renamed", id().as_str(), "CREATE_COMPLETE");
    delete(&glue, id().as_str(), &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET, LIST]);
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
}

#[tokio::test(start_paused = true)]
async fn a_pair_whose_id_is_a_digest_is_found_in_the_stack() {
    let long = |prefix: &str| {
        let arn = format!("{DATABASE}{}", prefix.repeat(1100));
        json!({"ServiceToken": "t", "ResourceArn": arn, "TableName": "Orders"})
    };
    let glue = with(&long("x"));
    let digest = identity::id(&Wanted::read(&long("x")).key.unwrap());
    assert!(digest.as_str().len() < 100, "{digest:?}");
    held(&glue, "Renamed", digest.as_str(), "UPDATE_COMPLETE");
    delete(&glue, digest.as_str(), &long("x")).await.unwrap();
    assert_eq!(glue.calls(), [GET, LIST]);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_too_has_another_pair_or_is_the_same_resource_holds_nothing() {
    for (logical, physical, status) in [
        ("Going", id().as_str().to_owned(), "DELETE_IN_PROGRESS"),
        ("Gone", id().as_str().to_owned(), "DELETE_COMPLETE"),
        ("Other", format!("{DATABASE}|Users"), "CREATE_COMPLETE"),
        ("Resource", id().as_str().to_owned(), "UPDATE_COMPLETE"),
        ("Bucket", "lake".to_owned(), "CREATE_COMPLETE"),
    ] {
        let glue = with(&top());
        held(&glue, logical, &physical, status);
        delete(&glue, id().as_str(), &top()).await.unwrap();
        assert_eq!(glue.table(&key("Orders")), None, "{logical}");
    }
}

/// The role of an older template may not list, and nobody may answer at all.
#[tokio::test(start_paused = true)]
async fn without_the_list_the_pair_goes_as_before_and_in_time() {
    for fault in [
        Fault::Refuse(CallErrorKind::AccessDenied, "no"),
        Fault::Refuse(CallErrorKind::Throttled, ""),
        Fault::Hang,
    ] {
        let glue = with(&top());
        glue.always(LIST, fault);
        let begun = tokio::time::Instant::now();
        delete(&glue, id().as_str(), &top()).await.unwrap();
        assert_eq!(glue.table(&key("Orders")), None);
        assert!(begun.elapsed() < std::time::Duration::from_secs(10));
    }
}
