//! Races, lost replies, refusals that pass and refusals that stay.

use super::*;

/// Somebody adds a statement before each of the next `times` puts.
fn others_write(glue: &FakeGlue, mut times: u32) {
    glue.before(PUT, move |state| {
        if times > 0 {
            times -= 1;
            let theirs = statement(&format!("Theirs{times}"), "glue:*");
            let mut live: Value = state
                .policy
                .as_deref()
                .map_or(json!({}), |text| serde_json::from_str(text).unwrap());
            match &mut live["Statement"] {
                Value::Array(statements) => statements.push(theirs),
                none => *none = json!([theirs]),
            }
            state.set_policy(Some(&live.to_string()));
        }
    });
}

#[tokio::test(start_paused = true)]
async fn who_loses_a_race_merges_again() {
    let glue = FakeGlue::default();
    others_write(&glue, 8);
    create(&glue, &one()).await.unwrap();
    assert_eq!(glue.statements().len(), 9);
    assert_eq!(glue.calls().iter().filter(|call| **call == PUT).count(), 9);
}

#[tokio::test(start_paused = true)]
async fn who_always_loses_gives_up_in_bounded_tries() {
    let glue = FakeGlue::default();
    others_write(&glue, u32::MAX);
    let failure = create(&glue, &one()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::Contended);
    assert!((5..=60).contains(&glue.calls().iter().filter(|call| **call == PUT).count()));
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_vanishes_before_the_put_is_made_anew() {
    for vanished in [CallErrorKind::NotFound, CallErrorKind::ConditionFailed] {
        let glue = FakeGlue::with_policy(&foreign());
        glue.before(PUT, |state| {
            if state.version == 1 {
                state.set_policy(None);
            }
        });
        glue.fail(PUT, [Fault::Refuse(vanished, "")]);
        create(&glue, &one()).await.unwrap();
        assert_eq!(glue.statements().len(), 1, "{vanished:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn our_own_write_whose_reply_was_lost_is_success() {
    let glue = FakeGlue::with_policy(&foreign());
    // What the adapter makes of a lost reply: the repetition meets the new hash.
    glue.before(PUT, |state| {
        if state.version == 1 {
            let text = state.policy.clone().unwrap();
            let ours = r#"{"Sid":"MARKSOne","Effect":"Allow"}"#;
            state.set_policy(Some(
                &text.replace(r#""Statement":"#, &format!(r#""X":{ours},"Statement":"#)),
            ));
        }
    });
    create(&glue, &one()).await.unwrap();
    let written = glue.policy();
    glue.calls();
    create(&glue, &one()).await.unwrap();
    assert_eq!((glue.calls(), glue.policy()), (vec![READ], written));
}

#[tokio::test(start_paused = true)]
async fn a_delete_that_was_done_already_is_success() {
    for fault in [CallErrorKind::NotFound, CallErrorKind::ConditionFailed] {
        let glue = FakeGlue::default();
        create(&glue, &one()).await.unwrap();
        glue.before(DELETE, |state| state.set_policy(None));
        glue.fail(DELETE, [Fault::Refuse(fault, "")]);
        delete(&glue).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_costs_a_try_and_nothing_else() {
    let glue = FakeGlue::with_policy(&foreign());
    Asked::create(&one())
        .of("Other")
        .apply(&Policy, &glue)
        .await
        .unwrap();
    glue.fail(READ, [Fault::Stale]);
    create(&glue, &one()).await.unwrap();
    assert_eq!(glue.statements().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_principal_that_is_new_is_waited_for() {
    let glue = FakeGlue::default();
    glue.fail(
        PUT,
        vec![Fault::Refuse(CallErrorKind::Invalid, "Invalid principal in policy"); 4],
    );
    create(&glue, &one()).await.unwrap();
    assert_eq!(glue.calls().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_principal_that_never_appears_is_told_within_the_time() {
    let glue = FakeGlue::default();
    let role = "arn:aws:iam::222222222222:role/never";
    glue.state
        .borrow_mut()
        .unknown_principals
        .push("arn:aws:iam::222222222222:role/never");
    glue.quirk(Quirk::NamesPrincipals);
    let mut ours = statement("One", "glue:GetTable");
    ours["Principal"] = json!({"AWS": role});
    let begun = tokio::time::Instant::now();
    let failure = create(&glue, &properties(&[ours])).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::UnknownPrincipal);
    assert!(failure.detail.contains(role), "{}", failure.detail);
    assert!((50..=60).contains(&begun.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_dead_principal_of_others_is_named_at_once() {
    for named in [true, false] {
        let mut dead = statement("TheirDeadRole", "glue:*");
        dead["Principal"] = json!({"AWS": "AROAEXAMPLEEXAMPLE123"});
        let glue = FakeGlue::with_policy(&json!({"Statement": [dead]}).to_string());
        create(&glue, &one()).await.unwrap();
        glue.state
            .borrow_mut()
            .unknown_principals
            .push("AROAEXAMPLEEXAMPLE123");
        if named {
            glue.quirk(Quirk::NamesPrincipals);
        }
        let before = glue.policy();
        let begun = tokio::time::Instant::now();
        let two = properties(&[statement("Two", "glue:GetTable")]);
        for failure in [
            update(&glue, &one(), &two).await.unwrap_err(),
            delete(&glue).await.unwrap_err(),
        ] {
            assert_eq!(failure.kind, ReasonKind::ForeignPrincipal);
            for part in ["[0]", "`TheirDeadRole`", "`AROAEXAMPLEEXAMPLE123`"] {
                assert!(failure.detail.contains(part), "{}", failure.detail);
            }
        }
        assert_eq!((glue.policy(), begun.elapsed().as_secs()), (before, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_denied_action_is_named_with_what_to_do() {
    let glue = FakeGlue::default();
    glue.fail(
        PUT,
        [Fault::Refuse(CallErrorKind::AccessDenied, "not authorized")],
    );
    let failure = create(&glue, &one()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::AccessDenied);
    assert!(
        failure
            .detail
            .contains("let the function's role do `glue:PutResourcePolicy`")
    );
}

#[tokio::test(start_paused = true)]
async fn any_other_refusal_is_passed_on() {
    let glue = FakeGlue::default();
    glue.fail(
        PUT,
        [Fault::Refuse(CallErrorKind::Invalid, "the moon is wrong")],
    );
    let failure = create(&glue, &one()).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::Refused);
    assert!(failure.detail.contains("the moon is wrong"));
}

#[tokio::test(start_paused = true)]
async fn twenty_owners_at_once_all_get_through_and_all_get_out() {
    let glue = std::rc::Rc::new(FakeGlue::with_policy(&foreign()));
    let everybody = |ask: fn(String) -> Asked, delete: bool| {
        let tasks = tokio::task::LocalSet::new();
        for owner in 0..20 {
            let glue = std::rc::Rc::clone(&glue);
            tasks.spawn_local(async move {
                let asked = ask(format!("Owner{owner}"));
                if delete {
                    asked.cleanup(&Policy, &glue).await.unwrap();
                } else {
                    asked.apply(&Policy, &glue).await.unwrap();
                }
            });
        }
        tasks
    };
    everybody(|owner| Asked::create(&one()).of(&owner), false).await;
    assert_eq!(glue.statements().len(), 21);
    everybody(|owner| Asked::delete("x", &json!({})).of(&owner), true).await;
    assert_eq!(sids(&glue), ["Theirs"]);
}
