//! Whose statement is whose, under every update and delete.

use super::*;
use crate::resource::PhysicalId;

#[tokio::test(start_paused = true)]
async fn two_owners_never_touch_each_other() {
    let glue = FakeGlue::with_policy(&foreign());
    let first = Asked::create(&one()).of("First");
    let second = Asked::create(&one()).of("Second");
    first.apply(&Policy, &glue).await.unwrap();
    second.apply(&Policy, &glue).await.unwrap();
    assert_eq!(glue.statements().len(), 3);
    let before = glue.statements();
    Asked::delete("x", &json!({}))
        .of("First")
        .cleanup(&Policy, &glue)
        .await
        .unwrap();
    assert_eq!(glue.statements(), [before[0].clone(), before[2].clone()]);
    Asked::delete("x", &json!({}))
        .of("Second")
        .cleanup(&Policy, &glue)
        .await
        .unwrap();
    assert_eq!(glue.statements(), [before[0].clone()]);
}

#[tokio::test(start_paused = true)]
async fn statements_dropped_or_renamed_in_the_template_go() {
    let glue = FakeGlue::with_policy(&foreign());
    let old = properties(&[statement("One", "glue:A"), statement("Two", "glue:B")]);
    create(&glue, &old).await.unwrap();
    let new = properties(&[statement("Three", "glue:B")]);
    update(&glue, &old, &new).await.unwrap();
    let sids = sids(&glue);
    assert_eq!(
        (sids.len(), sids[1].ends_with("SThree")),
        (2, true),
        "{sids:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_vanished_is_made_again() {
    let glue = FakeGlue::default();
    update(&glue, &json!({}), &one()).await.unwrap();
    assert_eq!(glue.calls(), [READ, PUT]);
    assert_eq!(glue.statements().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn delete_takes_own_statements_even_when_edited() {
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &one()).await.unwrap();
    let edited = glue
        .policy()
        .unwrap()
        .replace("glue:GetTable", "glue:Edited");
    glue.state.borrow_mut().set_policy(Some(&edited));
    delete(&glue).await.unwrap();
    assert_eq!(sids(&glue), ["Theirs"]);
}

#[tokio::test(start_paused = true)]
async fn the_delete_after_a_refused_create_leaves_others_alone() {
    let glue = FakeGlue::with_policy(&foreign());
    let mut exclusive = one();
    exclusive["Mode"] = "Exclusive".into();
    let create = Asked::create(&exclusive);
    let failure = create.apply(&Policy, &glue).await.unwrap_err();
    let id = create.failed_id(&Policy, &failure);
    Asked::delete(id.as_str(), &exclusive)
        .cleanup(&Policy, &glue)
        .await
        .unwrap();
    assert_eq!(glue.policy(), Some(foreign()));
}

#[tokio::test(start_paused = true)]
async fn the_id_is_stable_and_an_update_keeps_even_an_unfamiliar_one() {
    let glue = FakeGlue::default();
    let first = create(&glue, &one()).await.unwrap();
    assert_eq!(create(&glue, &one()).await.unwrap().id, first.id);
    let updated = update(&glue, &one(), &properties(&[statement("Two", "x")]))
        .await
        .unwrap();
    assert_eq!(updated.id, PhysicalId::new("id").unwrap());
}

#[tokio::test(start_paused = true)]
async fn odd_foreign_statements_are_written_back_as_they_were() {
    let odd =
        r#"{"Sid":"x","Sid":"y","Num":1.0,"Big":123456789012345678901234567890,"é":"\u00e9"}"#;
    let live = format!(
        "{{ \"Statement\" : [ {odd} , 7, \"text\", {{\"b\":1,\"a\":[ 1 , 2 ]}} ],\n\"Other\": 1e3 }}"
    );
    let glue = FakeGlue::with_policy(&live);
    create(&glue, &one()).await.unwrap();
    let text = glue.policy().unwrap();
    assert!(text.starts_with(&format!(
        r#"{{"Statement":[{odd},7,"text",{{"b":1,"a":[1,2]}},{{"#
    )));
    assert!(text.ends_with(r#"],"Other":1e3}"#), "{text}");
    delete(&glue).await.unwrap();
    assert_eq!(
        glue.policy().unwrap(),
        format!(r#"{{"Statement":[{odd},7,"text",{{"b":1,"a":[1,2]}}],"Other":1e3}}"#)
    );
}
