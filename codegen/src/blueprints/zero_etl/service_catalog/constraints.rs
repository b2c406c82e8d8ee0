//! What holds for every launch from the portfolio: the role, tags, the topic, and rules about
//! parameters with words for those who break them.

use serde_json::{Value as Json, json};

use super::{
    parameters as p,
    portfolio::PORTFOLIO,
    products::{association_id, product_id, word},
};
use crate::{
    model::{ConditionName, LogicalId, Object, Resource, Template, Test, Value},
    plan::StackKind,
};

const HAS_SOURCE: ConditionName = ConditionName::fixed("HasSourceAccount");
const HAS_TARGET: ConditionName = ConditionName::fixed("HasTargetAccount");
const HAS_TOPIC: ConditionName = ConditionName::fixed("HasNotificationTopic");
const REQUIRES_KEYS: ConditionName = ConditionName::fixed("RequiresCustomerKeys");

/// Stands in the text of a rule for values that are known when the portfolio is made.
const VALUES: &str = "@VALUES@";

pub(super) const CONDITIONS: [(ConditionName, fn() -> Test); 4] = [
    (HAS_SOURCE, || {
        Test::is_set(Value::reference(&p::SOURCE_ACCOUNT_ID))
    }),
    (HAS_TARGET, || {
        Test::is_set(Value::reference(&p::TARGET_ACCOUNT_ID))
    }),
    (HAS_TOPIC, || {
        Test::is_set(Value::reference(&p::NOTIFICATION_TOPIC_ARN))
    }),
    (REQUIRES_KEYS, || {
        Test::Equals(
            Value::reference(&p::REQUIRE_CUSTOMER_KEYS),
            Value::from("Yes"),
        )
    }),
];

/// The conditions that sharing uses, too.
pub(super) const fn shared_with(kind: StackKind) -> ConditionName {
    match kind {
        StackKind::Target => HAS_TARGET,
        StackKind::Source | StackKind::Integration => HAS_SOURCE,
    }
}

pub(super) fn add_conditions(template: &mut Template) {
    for (name, test) in CONDITIONS {
        template.conditions.insert(name, test());
    }
}

/// One constraint of a product; each waits for the product's place in the portfolio.
fn constraint(
    kind: StackKind,
    end: &'static str,
    resource_type: &'static str,
    own: &Object,
) -> Resource {
    let head = Object::new()
        .with("PortfolioId", Value::reference(&PORTFOLIO))
        .with("ProductId", Value::reference(&product_id(kind)));
    let properties = own.iter().fold(head, |all, (key, value)| {
        all.with(key.as_str(), value.clone())
    });
    let id = word(kind).followed_by(&LogicalId::fixed(end));
    Resource::new(id, resource_type, properties).after([association_id(kind)])
}

/// Role, tags and topic.
pub(super) fn resources(kind: StackKind) -> [Resource; 3] {
    let role = Value::concat([
        (&p::LAUNCH_ROLE_PREFIX).into(),
        format!("-{}", kind.as_str()).as_str().into(),
    ]);
    [
        constraint(
            kind,
            "LaunchRole",
            "AWS::ServiceCatalog::LaunchRoleConstraint",
            &Object::new()
                .with(
                    "Description",
                    "Launched with the role of this name in the account of the user.",
                )
                .with("LocalRoleName", role),
        ),
        constraint(
            kind,
            "TagUpdates",
            "AWS::ServiceCatalog::ResourceUpdateConstraint",
            &Object::new()
                .with("Description", "Tags of launched products may be changed.")
                .with("TagUpdateOnProvisionedProduct", "ALLOWED"),
        ),
        constraint(
            kind,
            "Notifications",
            "AWS::ServiceCatalog::LaunchNotificationConstraint",
            &Object::new()
                .with("Description", "A topic hears of launches.")
                .with(
                    "NotificationArns",
                    Value::list([Value::reference(&p::NOTIFICATION_TOPIC_ARN)]),
                ),
        )
        .only_when(Some(HAS_TOPIC)),
    ]
}

/// A rule about one parameter of a product.
struct Rule {
    kind: StackKind,
    end: &'static str,
    when: Option<ConditionName>,
    about: &'static str,
    assert: Json,
    message: &'static str,
    /// What stands for [`VALUES`].
    values: Option<Value>,
}

/// The rules of all products.
pub(super) fn rules() -> Vec<Resource> {
    let set = |name: &str| json!({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]});
    let among = |name: &str| json!({"Fn::Contains": [[VALUES], {"Ref": name}]});
    let text = |name| Some(Value::reference(name));
    let keys = Value::Split(",", Box::new(Value::reference(&p::PROVIDER_CODE_KEYS)));
    let all = [
        Rule {
            kind: StackKind::Source,
            end: "NeedsKey",
            when: Some(REQUIRES_KEYS),
            about: "The table needs a customer key.",
            assert: set("SourceKmsKeyArn"),
            message: "SourceKmsKeyArn is empty, and tables have to be encrypted with a customer \
                      key; type the ARN of a key of this account.",
            values: None,
        },
        Rule {
            kind: StackKind::Target,
            end: "NeedsKey",
            when: Some(REQUIRES_KEYS),
            about: "The bucket needs a customer key.",
            assert: set("TargetKmsKeyArn"),
            message: "TargetKmsKeyArn is empty, and buckets have to be encrypted with a customer \
                      key; type the ARN of a key.",
            values: None,
        },
        Rule {
            kind: StackKind::Target,
            end: "CodeBucket",
            when: None,
            about: "The provider's code comes from the bucket of the releases.",
            assert: among("ProviderCodeBucket"),
            message: "ProviderCodeBucket is not the bucket of the releases; take the one that is \
                      offered.",
            values: text(&p::RELEASE_BUCKET),
        },
        Rule {
            kind: StackKind::Target,
            end: "CodeKey",
            when: None,
            about: "The provider's code is one of the released ones.",
            assert: among("ProviderCodeKey"),
            message: "ProviderCodeKey is not the code of a version that is offered; take the one \
                      for your version and architecture.",
            values: Some(Value::Join("\",\"", vec![keys])),
        },
        Rule {
            kind: StackKind::Target,
            end: "BucketName",
            when: None,
            about: "The name of the bucket is made up.",
            assert: json!({"Fn::Equals": [{"Ref": "BucketName"}, ""]}),
            message: "BucketName is set, and the launch role makes buckets only that CloudFormation \
                      names; leave it empty.",
            values: None,
        },
        Rule {
            kind: StackKind::Target,
            end: "FromSource",
            when: Some(HAS_SOURCE),
            about: "Data comes from the source account of the portfolio.",
            assert: among("SourceAccountId"),
            message: "SourceAccountId is not the source account of this portfolio; take the one \
                      that is offered.",
            values: text(&p::SOURCE_ACCOUNT_ID),
        },
        Rule {
            kind: StackKind::Integration,
            end: "NeedsKey",
            when: Some(REQUIRES_KEYS),
            about: "The integration needs a customer key.",
            assert: set("IntegrationKmsKeyId"),
            message: "IntegrationKmsKeyId is empty, and integrations have to be encrypted with a \
                      customer key; type the id or the ARN of a key.",
            values: None,
        },
        Rule {
            kind: StackKind::Integration,
            end: "IntoTarget",
            when: Some(HAS_TARGET),
            about: "Data goes into the target account of the portfolio.",
            assert: among("TargetAccountId"),
            message: "TargetAccountId is not the target account of this portfolio; take the one \
                      that is offered.",
            values: text(&p::TARGET_ACCOUNT_ID),
        },
    ];
    all.into_iter().map(resource).collect()
}

fn resource(rule: Rule) -> Resource {
    let name = word(rule.kind).followed_by(&LogicalId::fixed(rule.end));
    let assertion = json!({"Assert": rule.assert, "AssertDescription": rule.message});
    let mut rules = serde_json::Map::new();
    rules.insert(name.to_string(), json!({"Assertions": [assertion]}));
    let text = Json::Object(rules).to_string();
    let rules = match (rule.values, text.split_once(VALUES)) {
        (Some(values), Some((before, after))) => {
            Value::Join("", vec![before.into(), values, after.into()])
        }
        _ => Value::Text(text),
    };
    let own = Object::new()
        .with("Description", rule.about)
        .with("Rules", rules);
    constraint(
        rule.kind,
        rule.end,
        "AWS::ServiceCatalog::LaunchTemplateConstraint",
        &own,
    )
    .only_when(rule.when)
}
