//! The products, with one artifact per version, and their place in the portfolio.

use super::{parameters as p, portfolio::PORTFOLIO, versions::Version};
use crate::{
    model::{ConditionName, LogicalId, Object, Part, Pseudo, Resource, Template, Test, Value},
    plan::StackKind,
};

/// The support address is given.
const HAS_SUPPORT: ConditionName = ConditionName::fixed("HasSupportEmail");

/// What people read about a product before they launch it.
const fn about(kind: StackKind) -> (&'static str, &'static str) {
    match kind {
        StackKind::Source => (
            "Zero-ETL source table",
            "A DynamoDB table that Glue zero-ETL may export. Launch it in the account that owns the \
             data, before the integration.",
        ),
        StackKind::Target => (
            "Zero-ETL lakehouse",
            "Bucket, Glue database and role that a zero-ETL integration writes to, and the catalog \
             policy that lets it. Launch it in the account of the lakehouse, before the \
             integration.",
        ),
        StackKind::Integration => (
            "Zero-ETL integration",
            "The integration between a DynamoDB table and a Glue database. Launch it last, in the \
             account of the table; end it first.",
        ),
    }
}

/// `Source`, `Target`, `Integration`.
pub(super) const fn word(kind: StackKind) -> LogicalId {
    match kind {
        StackKind::Source => LogicalId::fixed("Source"),
        StackKind::Target => LogicalId::fixed("Target"),
        StackKind::Integration => LogicalId::fixed("Integration"),
    }
}

pub(super) fn product_id(kind: StackKind) -> LogicalId {
    word(kind).followed_by(&LogicalId::fixed("Product"))
}

pub(super) fn association_id(kind: StackKind) -> LogicalId {
    word(kind).followed_by(&LogicalId::fixed("Association"))
}

/// The conditions that the products use.
pub(super) fn add_conditions(template: &mut Template, versions: &[Version]) {
    template.conditions.insert(
        HAS_SUPPORT,
        Test::is_set(Value::reference(&p::SUPPORT_EMAIL)),
    );
    // A version is offered when it is the newest to offer, or when the next one is offered.
    for (index, version) in versions.iter().enumerate().skip(1) {
        let newest = Test::Equals(
            Value::reference(&p::VERSION),
            Value::from(version.0.as_str()),
        );
        let test = match offered(index + 1, versions) {
            Some(next) => Test::Or(vec![newest, Test::Named(next)]),
            None => newest,
        };
        if let Some(name) = offered(index, versions) {
            template.conditions.insert(name, test);
        }
    }
}

/// The condition that a version is offered; none for the oldest, which always is, and none beyond
/// the newest.
fn offered(index: usize, versions: &[Version]) -> Option<ConditionName> {
    if index == 0 {
        return None;
    }
    let digits = |version: &Version| {
        let letters = version.0.chars().map(|c| if c == '.' { 'x' } else { c });
        letters
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
    };
    let version = versions.get(index)?;
    format!("OffersVersion{}", digits(version)).parse().ok()
}

/// The product and its place in the portfolio.
pub(super) fn resources(kind: StackKind, versions: &[Version]) -> [Resource; 2] {
    let (name, description) = about(kind);
    let artifacts = versions.iter().enumerate().map(|(index, version)| {
        let artifact = Value::from(artifact(kind, version));
        match offered(index, versions) {
            Some(condition) => artifact.when(&condition),
            None => artifact,
        }
    });
    let support = Value::reference(&p::SUPPORT_EMAIL).when(&HAS_SUPPORT);
    let product = Object::new()
        .with("Name", name)
        .with("Description", description)
        .with("Owner", Value::reference(&p::PRODUCT_OWNER))
        .with("Distributor", "zeroetl")
        .with("SupportEmail", support)
        .with(
            "SupportDescription",
            "The guide that came with the release says what each parameter means.",
        )
        .with("ProvisioningArtifactParameters", Value::list(artifacts))
        // Artifacts that are there keep their ids, so that launched products keep their version.
        .with("ReplaceProvisioningArtifacts", false);
    let association = Object::new()
        .with("PortfolioId", Value::reference(&PORTFOLIO))
        .with("ProductId", Value::reference(&product_id(kind)));
    [
        Resource::new(
            product_id(kind),
            "AWS::ServiceCatalog::CloudFormationProduct",
            product,
        ),
        Resource::new(
            association_id(kind),
            "AWS::ServiceCatalog::PortfolioProductAssociation",
            association,
        ),
    ]
}

fn artifact(kind: StackKind, version: &Version) -> Object {
    let rest = format!("/{}/templates/zero-etl/{}.yaml", version.0, kind.as_str());
    let url = Value::concat([
        "https://".into(),
        Part::from(&p::RELEASE_BUCKET),
        ".s3.".into(),
        Pseudo::Region.into(),
        ".amazonaws.com/".into(),
        Part::from(&p::RELEASE_PREFIX),
        rest.as_str().into(),
    ]);
    let description = format!("The {} stack of zeroetl {}.", kind.as_str(), version.0);
    Object::new()
        .with("Name", version.0.as_str())
        .with("Description", description.as_str())
        .with("Type", "CLOUD_FORMATION_TEMPLATE")
        .with("Info", Object::new().with("LoadTemplateFromURL", url))
}
