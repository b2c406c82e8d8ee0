//! Glue fails, lags, hangs, or says less than one would like.

use super::*;
use crate::ports::TargetConfig;

fn users() -> Value {
    properties(
        "Users",
        json!({"UnnestSpec": "FULL", "TargetTableName": "users"}),
    )
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_there_after_all_is_success_when_equal() {
    let glue = FakeGlue::default();
    // The reply of the first try was lost, and the adapter's repetition was refused.
    glue.quirk(Quirk::CreateRefusesExisting);
    glue.before(CREATE, |state| {
        state.set_table(&key("Orders"), config(&top()));
    });
    create(&glue, &top()).await.unwrap();
    assert_eq!(glue.calls(), [GET, CREATE, GET]);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_somebody_overtook_with_other_values_leaves_them() {
    let glue = FakeGlue::default();
    glue.quirk(Quirk::CreateRefusesExisting);
    glue.before(CREATE, |state| {
        state.set_table(&key("Orders"), config(&renamed()));
    });
    let failure = create(&glue, &top()).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.untouched),
        (ReasonKind::OtherValues, true)
    );
    assert_eq!(glue.table(&key("Orders")), Some(config(&renamed())));
}

#[tokio::test(start_paused = true)]
async fn a_refused_create_is_passed_on_and_needs_no_taking_back() {
    let glue = FakeGlue::default();
    glue.always(
        CREATE,
        Fault::Refuse(CallErrorKind::Invalid, "the column is wrong"),
    );
    let failure = create(&glue, &top()).await.unwrap_err();
    assert!(failure.detail.contains("the column is wrong") && failure.untouched);
    assert_eq!(glue.calls(), [GET, CREATE, GET]);
}

#[tokio::test(start_paused = true)]
async fn properties_that_vanish_before_the_update_are_made() {
    let glue = with(&top());
    glue.before(UPDATE, |state| state.tables.clear());
    update(&glue, &top(), &renamed()).await.unwrap();
    assert_eq!(glue.calls(), [GET, UPDATE, CREATE, GET]);
    assert_eq!(glue.table(&key("Orders")), Some(config(&renamed())));
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_reads_back_is_failed() {
    let glue = with(&top());
    glue.quirk(Quirk::IgnoresUpdates);
    let failure = update(&glue, &top(), &renamed()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::NotSettled);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_never_reads_back_is_taken_back() {
    let glue = FakeGlue::default();
    // Glue keeps something else than it was sent.
    let odd = TableConfig {
        target: Some(TargetConfig {
            unnest_spec: Some("ODD".to_owned()),
            ..TargetConfig::default()
        }),
        source: None,
    };
    glue.before(GET, move |state| {
        if !state.tables.is_empty() {
            state.set_table(&key("Orders"), odd.clone());
        }
    });
    let failure = create(&glue, &top()).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.untouched),
        (ReasonKind::NotSettled, true)
    );
    assert_eq!(glue.table(&key("Orders")), None);
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_nobody_answered_leaves_its_pair_and_says_so() {
    let glue = with(&top());
    glue.always(CREATE, Fault::EffectThenHang);
    let failure = update(&glue, &top(), &users()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::OutOfTime);
    for part in [
        "`Users`",
        "may have been made",
        "delete-integration-table-properties",
    ] {
        assert!(failure.detail.contains(part), "{}", failure.detail);
    }
    assert!(!glue.calls().contains(&REMOVE));
    assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_adopted_gives_the_values_back() {
    let glue = with(&top());
    let before = config(&properties("Users", json!({"UnnestSpec": "FULL"})));
    glue.state
        .borrow_mut()
        .set_table(&key("Users"), before.clone());
    let mut adopting = users();
    adopting["AdoptExisting"] = true.into();
    // The write takes effect and the look at it never answers.
    glue.before(UPDATE, |_| {});
    glue.fail(UPDATE, [Fault::EffectThenHang]);
    update(&glue, &top(), &adopting).await.unwrap_err();
    assert_eq!(glue.table(&key("Users")), Some(before));
}

/// Another stack may hold an equal pair by now: case 1 (b) of the report on table properties.
#[tokio::test(start_paused = true)]
async fn a_rollback_removes_nothing() {
    let glue = with(&top());
    glue.fail(GET, [Fault::Refuse(CallErrorKind::Throttled, "")]);
    update(&glue, &top(), &users()).await.unwrap_err();
    let theirs = config(&users());
    glue.state
        .borrow_mut()
        .set_table(&key("Users"), theirs.clone());
    assert_eq!(update(&glue, &users(), &top()).await.unwrap().id, id());
    assert_eq!(glue.table(&key("Users")), Some(theirs));
}

#[tokio::test(start_paused = true)]
async fn a_rollback_leaves_the_pair_of_others_alone() {
    let glue = with(&top());
    let theirs = config(&properties("Users", json!({"UnnestSpec": "NOUNNEST"})));
    glue.state
        .borrow_mut()
        .set_table(&key("Users"), theirs.clone());
    update(&glue, &top(), &users()).await.unwrap_err();
    update(&glue, &users(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Users")), Some(theirs));
}

#[tokio::test(start_paused = true)]
async fn a_create_that_nobody_knows_of_is_found_by_its_delete() {
    let glue = FakeGlue::default();
    glue.always(CREATE, Fault::EffectThenHang);
    glue.always(REMOVE, Fault::Hang);
    let asked = Asked::create(&top());
    let failure = tokio::time::timeout(
        std::time::Duration::from_mins(2),
        asked.apply(&Table, &glue),
    )
    .await
    .map_or_else(
        |_| Failure::touched(ReasonKind::OutOfTime, ""),
        Result::unwrap_err,
    );
    glue.heal();
    let id = asked.failed_id(&Table, &failure);
    delete(&glue, id.as_str(), &top()).await.unwrap();
    assert_eq!(glue.table(&key("Orders")), None);
}

#[tokio::test(start_paused = true)]
async fn the_delete_of_a_create_that_wrote_nothing_removes_nothing() {
    for kind in [CallErrorKind::Throttled, CallErrorKind::AccessDenied] {
        let glue = FakeGlue::default();
        let asked = Asked::create(&top());
        glue.fail(GET, [Fault::Refuse(kind, "")]);
        let failure = asked.apply(&Table, &glue).await.unwrap_err();
        let id = asked.failed_id(&Table, &failure);
        // Another stack makes an equal pair before the Delete comes.
        glue.state
            .borrow_mut()
            .set_table(&key("Orders"), config(&top()));
        delete(&glue, id.as_str(), &top()).await.unwrap();
        assert_eq!(glue.table(&key("Orders")), Some(config(&top())));
    }
}
