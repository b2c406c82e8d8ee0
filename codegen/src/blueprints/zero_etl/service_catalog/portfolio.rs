//! The portfolio: products, constraints, tags, users and the accounts that it is shared with.

use super::{constraints, origin, parameters as p, products, versions::Version};
use crate::{
    model::{ConditionName, LogicalId, Object, OutputName, Resource, Template, Test, Value},
    plan::StackKind,
};

pub(super) const PORTFOLIO: LogicalId = LogicalId::fixed("Portfolio");
const PORTFOLIO_ID: OutputName = OutputName::fixed("PortfolioId");
const NEWEST: OutputName = OutputName::fixed("Version");
const HAS_USERS: ConditionName = ConditionName::fixed("HasEndUserRole");

/// The values that users choose from for the tag.
const ENVIRONMENTS: [(&str, LogicalId, LogicalId); 3] = [
    (
        "dev",
        LogicalId::fixed("DevTag"),
        LogicalId::fixed("DevTagAssociation"),
    ),
    (
        "test",
        LogicalId::fixed("TestTag"),
        LogicalId::fixed("TestTagAssociation"),
    ),
    (
        "prod",
        LogicalId::fixed("ProdTag"),
        LogicalId::fixed("ProdTagAssociation"),
    ),
];

pub(super) fn template(versions: &[Version]) -> Template {
    let mut template = Template::new(
        origin("zero_etl/service_catalog/portfolio"),
        "Zero-ETL from DynamoDB to a lakehouse, Service Catalog: a portfolio with the source, target \
         and integration stacks as products, from a bucket of releases. Deploy the launch roles \
         first, into this account and into those that launch.",
    );
    add_parameters(&mut template, versions);
    products::add_conditions(&mut template, versions);
    constraints::add_conditions(&mut template);
    template
        .conditions
        .insert(HAS_USERS, Test::is_set(Value::reference(&p::END_USER_ROLE)));

    template.resources.push(portfolio());
    for kind in StackKind::ALL {
        template
            .resources
            .extend(products::resources(kind, versions));
        template.resources.extend(constraints::resources(kind));
    }
    template.resources.extend(constraints::rules());
    template.resources.extend(tags());
    template.resources.push(users());
    template.resources.extend(shares());
    add_outputs(&mut template);
    template
}

fn add_parameters(template: &mut Template, versions: &[Version]) {
    let names: Vec<&str> = versions.iter().map(|version| version.0.as_str()).collect();
    let shared = "The portfolio is shared with it";
    template.parameters = vec![
        p::release_bucket(),
        p::release_prefix(),
        p::version(&names),
        p::provider_code_keys(),
        p::product_owner(),
        p::support_email(),
        p::require_customer_keys(),
        p::tag_option_key(),
        p::notification_topic_arn(),
        p::source_account_id(&format!(
            "Account of the DynamoDB tables. {shared}, and lakehouses take data from it only. \
             Empty to share by yourself and to allow any."
        )),
        p::target_account_id(&format!(
            "Account of the lakehouses. {shared}, and integrations write into it only. Empty to \
             share by yourself and to allow any."
        )),
        p::launch_role_prefix(),
        p::end_user_role(),
    ];
}

fn portfolio() -> Resource {
    let properties = Object::new()
        .with("DisplayName", "Zero-ETL to the lakehouse")
        .with(
            "Description",
            "DynamoDB tables in a SageMaker Lakehouse of another account, by Glue zero-ETL: source, \
             target, then integration.",
        )
        .with("ProviderName", Value::reference(&p::PRODUCT_OWNER));
    Resource::new(PORTFOLIO, "AWS::ServiceCatalog::Portfolio", properties)
}

fn tags() -> Vec<Resource> {
    let mut resources = Vec::new();
    for (value, tag, association) in ENVIRONMENTS {
        let option = Object::new()
            .with("Key", Value::reference(&p::TAG_OPTION_KEY))
            .with("Value", value)
            .with("Active", true);
        let place = Object::new()
            .with("ResourceId", Value::reference(&PORTFOLIO))
            .with("TagOptionId", Value::reference(&tag));
        resources.push(Resource::new(tag, "AWS::ServiceCatalog::TagOption", option));
        resources.push(Resource::new(
            association,
            "AWS::ServiceCatalog::TagOptionAssociation",
            place,
        ));
    }
    resources
}

/// By a pattern without an account: roles of this name may launch wherever the portfolio is.
fn users() -> Resource {
    let arn = Value::concat(["arn:aws:iam:::role/".into(), (&p::END_USER_ROLE).into()]);
    let properties = Object::new()
        .with("PortfolioId", Value::reference(&PORTFOLIO))
        .with("PrincipalARN", arn)
        .with("PrincipalType", "IAM_PATTERN");
    Resource::new(
        LogicalId::fixed("Users"),
        "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
        properties,
    )
    .only_when(Some(HAS_USERS))
}

fn shares() -> [Resource; 2] {
    let share = |id, kind, account| {
        let properties = Object::new()
            .with("PortfolioId", Value::reference(&PORTFOLIO))
            .with("AccountId", Value::reference(account))
            .with("ShareTagOptions", true);
        Resource::new(id, "AWS::ServiceCatalog::PortfolioShare", properties)
            .only_when(Some(constraints::shared_with(kind)))
    };
    [
        share(
            LogicalId::fixed("SourceShare"),
            StackKind::Source,
            &p::SOURCE_ACCOUNT_ID,
        ),
        share(
            LogicalId::fixed("TargetShare"),
            StackKind::Target,
            &p::TARGET_ACCOUNT_ID,
        ),
    ]
}

fn add_outputs(template: &mut Template) {
    template.output(
        PORTFOLIO_ID,
        "Id of the portfolio.",
        Value::reference(&PORTFOLIO),
    );
    for (kind, product, artifacts) in [
        (StackKind::Source, "SourceProductId", "SourceArtifactIds"),
        (StackKind::Target, "TargetProductId", "TargetArtifactIds"),
        (
            StackKind::Integration,
            "IntegrationProductId",
            "IntegrationArtifactIds",
        ),
    ] {
        let id = products::product_id(kind);
        template.output(
            OutputName::fixed(product),
            "Id of the product.",
            Value::reference(&id),
        );
        template.output(
            OutputName::fixed(artifacts),
            "Ids of the product's versions, oldest first.",
            Value::GetAtt(id, "ProvisioningArtifactIds"),
        );
    }
    template.output(
        NEWEST,
        "Newest version that is offered.",
        Value::reference(&p::VERSION),
    );
}
