//! The rows of the state table, in their order, then what is said below it.

use serde_json::{Value, json};
use zeroetl_properties::EnableHybrid;

use super::GlueResourcePolicy as Policy;
use crate::{
    fake::{Asked, FakeGlue, Fault, Quirk},
    ports::{CallErrorKind, Condition},
    resource::{Applied, Failure, ReasonKind},
};

mod faults;
mod ownership;

const READ: &str = "glue:GetResourcePolicy";
const PUT: &str = "glue:PutResourcePolicy";
const DELETE: &str = "glue:DeleteResourcePolicy";

/// A statement that Glue takes.
fn statement(sid: &str, action: &str) -> Value {
    json!({
        "Sid": sid, "Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"},
        "Action": action, "Resource": "arn:aws:glue:us-east-1:111111111111:catalog",
    })
}

fn properties(statements: &[Value]) -> Value {
    json!({
        "ServiceToken": "t",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    })
}

fn one() -> Value {
    properties(&[statement("One", "glue:GetTable")])
}

fn foreign() -> String {
    json!({"Version": "2008-10-17", "Id": "theirs", "Statement": statement("Theirs", "glue:*")})
        .to_string()
}

async fn create(glue: &FakeGlue, properties: &Value) -> Result<Applied, Failure> {
    Asked::create(properties).apply(&Policy, glue).await
}

async fn update(glue: &FakeGlue, old: &Value, new: &Value) -> Result<Applied, Failure> {
    let id = crate::resource::PhysicalId::new("id").unwrap();
    Asked::update(&id, old, new).apply(&Policy, glue).await
}

async fn delete(glue: &FakeGlue) -> Result<(), Failure> {
    Asked::delete("made-up-by-cloudformation", &json!({}))
        .cleanup(&Policy, glue)
        .await
}

fn sids(glue: &FakeGlue) -> Vec<String> {
    let sid = |statement: &Value| statement["Sid"].as_str().unwrap_or_default().to_owned();
    glue.statements().iter().map(sid).collect()
}

#[tokio::test(start_paused = true)]
async fn create_without_a_policy_is_one_read_and_one_conditional_put() {
    let glue = FakeGlue::default();
    let applied = create(&glue, &one()).await.unwrap();
    assert_eq!(glue.calls(), [READ, PUT]);
    assert_eq!(
        glue.state.borrow().puts,
        [(Condition::Absent, EnableHybrid::True)]
    );
    let owner = &applied.data["Owner"];
    assert_eq!(sids(&glue), [format!("{owner}SOne")]);
    assert_eq!(applied.data["PolicyHash"], "version-1");
}

#[tokio::test(start_paused = true)]
async fn own_statements_as_wanted_are_one_read() {
    let glue = FakeGlue::default();
    let first = create(&glue, &one()).await.unwrap();
    glue.calls();
    // The same in other words: as text, a list of one.
    let mut same = statement("One", "glue:GetTable");
    same["Action"] = json!(["glue:GetTable"]);
    let document = json!({"Version": "2012-10-17", "Statement": same}).to_string();
    let text = json!({"PolicyDocument": document});
    assert_eq!(create(&glue, &text).await.unwrap(), first);
    assert_eq!(update(&glue, &one(), &text).await.unwrap().data, first.data);
    assert_eq!(glue.calls(), [READ, READ]);
}

#[tokio::test(start_paused = true)]
async fn merge_puts_beside_others_with_the_hash_that_was_read() {
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &one()).await.unwrap();
    assert_eq!(glue.calls(), [READ, PUT]);
    let hash = Condition::Unchanged("version-1".to_owned());
    assert_eq!(glue.state.borrow().puts, [(hash, EnableHybrid::True)]);
    assert_eq!(glue.statements()[0], statement("Theirs", "glue:*"));
    assert_eq!(glue.statements().len(), 2);
    let text = glue.policy().unwrap();
    assert!(text.starts_with(r#"{"Version":"2008-10-17","Id":"theirs","Statement":[{"Sid":"Th"#));
}

#[tokio::test(start_paused = true)]
async fn exclusive_writes_nothing_beside_others_and_names_them() {
    let glue = FakeGlue::with_policy(&foreign());
    let mut exclusive = one();
    exclusive["Mode"] = "Exclusive".into();
    let failure = create(&glue, &exclusive).await.unwrap_err();
    assert_eq!(glue.calls(), [READ]);
    assert_eq!(
        failure.reason(),
        "the catalog policy holds statements of others: 1 beside our 1, `Mode` is `Exclusive`, \
         nothing was changed; use `Merge` to keep them, or remove them: `Theirs`"
    );
}

#[tokio::test(start_paused = true)]
async fn exclusive_takes_what_is_as_wanted_already() {
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &one()).await.unwrap();
    glue.calls();
    let mut exclusive = one();
    exclusive["Mode"] = "Exclusive".into();
    update(&glue, &one(), &exclusive).await.unwrap();
    assert_eq!(glue.calls(), [READ]);
}

#[tokio::test(start_paused = true)]
async fn delete_of_the_only_statements_deletes_the_policy() {
    let glue = FakeGlue::default();
    create(&glue, &one()).await.unwrap();
    glue.calls();
    delete(&glue).await.unwrap();
    assert_eq!(glue.calls(), [READ, DELETE]);
    assert_eq!(glue.policy(), None);
}

#[tokio::test(start_paused = true)]
async fn delete_beside_others_puts_the_rest() {
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &one()).await.unwrap();
    glue.calls();
    delete(&glue).await.unwrap();
    assert_eq!(glue.calls(), [READ, PUT]);
    assert_eq!(glue.statements(), [statement("Theirs", "glue:*")]);
    let (condition, _) = glue.state.borrow().puts.last().cloned().unwrap();
    assert_eq!(condition, Condition::Unchanged("version-2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn delete_of_nothing_writes_nothing() {
    for live in [
        None,
        Some(foreign()),
        Some("no JSON".to_owned()),
        Some("[]".to_owned()),
    ] {
        let glue = FakeGlue::default();
        glue.state.borrow_mut().set_policy(live.as_deref());
        // With our own id one look is enough.
        let applied = create(&FakeGlue::default(), &one()).await.unwrap();
        let asked = Asked::delete(applied.id.as_str(), &json!({}));
        asked.cleanup(&Policy, &glue).await.unwrap();
        assert_eq!((glue.calls(), glue.policy()), (vec![READ], live.clone()));
        delete(&glue).await.unwrap();
        assert_eq!(glue.policy(), live);
        assert!(glue.calls().iter().all(|call| *call == READ));
    }
}

/// CloudFormation sends it when another resource fails while the Create still runs.
#[tokio::test(start_paused = true)]
async fn a_delete_that_overtook_its_create_takes_what_the_create_writes_afterwards() {
    let glue = FakeGlue::with_policy(&foreign());
    let late = async {
        tokio::time::sleep(std::time::Duration::from_secs(20)).await;
        create(&glue, &one()).await.unwrap();
    };
    let (deleted, ()) = tokio::join!(delete(&glue), late);
    deleted.unwrap();
    assert_eq!(glue.statements(), [statement("Theirs", "glue:*")]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_hash_allows_no_write() {
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &one()).await.unwrap();
    glue.calls();
    glue.quirk(Quirk::WithoutHash);
    let two = properties(&[statement("Two", "glue:GetTable")]);
    let failures = [
        update(&glue, &one(), &two).await.unwrap_err(),
        delete(&glue).await.unwrap_err(),
    ];
    for failure in failures {
        assert_eq!(
            (failure.kind, failure.untouched),
            (ReasonKind::NoHash, true)
        );
    }
    assert_eq!(glue.calls(), [READ, READ, READ, READ]);
    assert_eq!(glue.statements().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_policy_variable_under_an_older_version_is_refused() {
    let mut own = statement("Mine", "glue:GetTable");
    own["Condition"] =
        json!({"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}});
    let glue = FakeGlue::with_policy(&foreign());
    let failure = create(&glue, &properties(&[own.clone()]))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ReasonKind::OlderVersion);
    for part in ["2008-10-17", "2012-10-17", "Mine"] {
        assert!(failure.detail.contains(part), "{}", failure.detail);
    }
    assert_eq!(glue.calls(), [READ]);
    create(&FakeGlue::default(), &properties(&[own]))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_live_policy_that_is_none_fails_create_and_update() {
    for live in [
        "no JSON",
        "[]",
        r#"{"Statement": 7}"#,
        r#"{"Statement":[],"Statement":[]}"#,
    ] {
        let glue = FakeGlue::with_policy(live);
        for result in [
            create(&glue, &one()).await,
            update(&glue, &json!({}), &one()).await,
        ] {
            assert_eq!(
                result.unwrap_err().kind,
                ReasonKind::PolicyNotJson,
                "{live}"
            );
        }
        assert_eq!(glue.calls(), [READ, READ]);
    }
}

#[tokio::test(start_paused = true)]
async fn all_problems_are_reported_at_once_before_any_call() {
    let glue = FakeGlue::default();
    let mut wrong = statement("a b", "glue:GetTable");
    wrong["Resource"] = "*".into();
    let mut given = properties(&[statement("One", "x"), wrong]);
    given["Mode"] = "merge".into();
    given["Extra"] = 1.into();
    let failure = create(&glue, &given).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.untouched),
        (ReasonKind::BadProperties, true)
    );
    for path in [
        "Extra:",
        "Mode:",
        "PolicyDocument.Statement[1].Sid:",
        "PolicyDocument.Statement[1].Resource:",
    ] {
        assert!(
            failure.detail.contains(path),
            "{path} in {}",
            failure.detail
        );
    }
    assert!(glue.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_size_is_checked_before_the_put() {
    let mut large = statement("Theirs", "glue:*");
    large["Filler"] = "x".repeat(9_000).into();
    let glue = FakeGlue::with_policy(&json!({"Statement": [large]}).to_string());
    let mut ours = statement("One", "glue:GetTable");
    ours["Condition"] = json!({"StringEquals": {"k": "y".repeat(2_000)}});
    let failure = create(&glue, &properties(&[ours])).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::PolicyTooLarge);
    for part in ["bytes before", "bytes ours", "bytes after", "10240"] {
        assert!(failure.detail.contains(part), "{}", failure.detail);
    }
    assert_eq!(glue.calls(), [READ]);
}

#[tokio::test(start_paused = true)]
async fn hybrid_is_sent_as_asked_and_its_refusal_explained() {
    let glue = FakeGlue::default();
    let mut given = one();
    given["EnableHybrid"] = "false".into();
    create(&glue, &given).await.unwrap();
    assert_eq!(glue.state.borrow().puts[0].1, EnableHybrid::False);
    glue.quirk(Quirk::HybridRequired);
    let before = given.clone();
    given["PolicyDocument"]["Statement"] = statement("Two", "glue:GetTable");
    let failure = update(&glue, &before, &given).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::HybridRequired);
    assert!(
        failure.detail.contains("set `EnableHybrid` to `TRUE`"),
        "{}",
        failure.detail
    );
}

/// Somebody shared through Lake Formation after the stack was deployed with `FALSE`.
#[tokio::test(start_paused = true)]
async fn hybrid_false_holds_neither_a_delete_nor_a_way_back() {
    let mut off = one();
    off["EnableHybrid"] = "FALSE".into();
    let glue = FakeGlue::with_policy(&foreign());
    create(&glue, &off).await.unwrap();
    glue.quirk(Quirk::HybridRequired);
    let on = properties(&[statement("Two", "glue:GetTable")]);
    update(&glue, &off, &on).await.unwrap();
    // The update is rolled back.
    update(&glue, &on, &off).await.unwrap();
    assert_eq!(glue.statements()[1]["Action"], "glue:GetTable");
    let sent = |glue: &FakeGlue| {
        glue.state
            .borrow()
            .puts
            .iter()
            .map(|put| put.1)
            .collect::<Vec<_>>()
    };
    let (f, t) = (EnableHybrid::False, EnableHybrid::True);
    assert_eq!(sent(&glue), [f, t, f, t]);
    Asked::delete("made-up-by-cloudformation", &off)
        .cleanup(&Policy, &glue)
        .await
        .unwrap();
    assert_eq!(sent(&glue), [f, t, f, t, f, t]);
    assert_eq!(glue.statements(), [statement("Theirs", "glue:*")]);
}

#[tokio::test(start_paused = true)]
async fn an_update_to_what_is_live_succeeds_without_the_checks() {
    let mut lenient = statement("One", "glue:GetTable");
    lenient["Resource"] = "*".into();
    let old = properties(&[lenient]);
    let glue = FakeGlue::default();
    // Accepted by a release that did not look at resources.
    let applied = create(&glue, &one()).await.unwrap();
    let text = glue
        .policy()
        .unwrap()
        .replace("arn:aws:glue:us-east-1:111111111111:catalog", "*");
    glue.state.borrow_mut().set_policy(Some(&text));
    let back = update(&glue, &one(), &old).await.unwrap();
    assert_eq!(back.data["Owner"], applied.data["Owner"]);
    // And where it is not live, it is checked.
    glue.state.borrow_mut().set_policy(None);
    let failure = update(&glue, &one(), &old).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::BadProperties);
}

#[tokio::test(start_paused = true)]
async fn an_update_to_statements_that_are_none_is_refused_even_where_nothing_is_live() {
    let glue = FakeGlue::with_policy(&foreign());
    let none = properties(&[json!("text"), json!([])]);
    let failure = update(&glue, &one(), &none).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::BadProperties);
    assert_eq!(glue.policy(), Some(foreign()));
}

#[tokio::test(start_paused = true)]
async fn bad_properties_are_told_even_when_the_policy_cannot_be_read() {
    let glue = FakeGlue::default();
    glue.always(READ, Fault::Refuse(CallErrorKind::AccessDenied, "no"));
    let mut wrong = one();
    wrong["Mode"] = "merge".into();
    let failure = update(&glue, &one(), &wrong).await.unwrap_err();
    assert_eq!(failure.kind, ReasonKind::BadProperties);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_only_adds_an_unknown_key_is_refused() {
    let glue = FakeGlue::default();
    create(&glue, &one()).await.unwrap();
    let mut new = one();
    new["Modus"] = "Merge".into();
    let failure = update(&glue, &one(), &new).await.unwrap_err();
    assert!(failure.detail.starts_with("Modus: "), "{}", failure.detail);
}

#[tokio::test(start_paused = true)]
async fn a_name_once_accepted_stays_accepted() {
    let glue = FakeGlue::default();
    let mut old = one();
    old["FromAnOlderRelease"] = "x".into();
    let mut new = properties(&[statement("Two", "glue:GetTable")]);
    new["FromAnOlderRelease"] = "x".into();
    update(&glue, &old, &new).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_only_owner_also_sets_version_and_id() {
    let glue = FakeGlue::with_policy(r#"{"Version":"2008-10-17","Statement":[]}"#);
    create(&glue, &one()).await.unwrap();
    assert!(
        glue.policy()
            .unwrap()
            .starts_with(r#"{"Version":"2012-10-17","Statement":["#)
    );
    let mut named = one();
    named["PolicyDocument"]["Id"] = "ours".into();
    update(&glue, &one(), &named).await.unwrap();
    assert!(glue.policy().unwrap().contains(r#""Id":"ours""#));
}
