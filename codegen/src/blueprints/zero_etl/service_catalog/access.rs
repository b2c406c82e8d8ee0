//! What an account needs that a portfolio is shared with.

use super::{origin, parameters as p};
use crate::model::{LogicalId, Object, OutputName, Resource, Template, Value};

const SHARE: LogicalId = LogicalId::fixed("Share");
const USERS: LogicalId = LogicalId::fixed("Users");
const PORTFOLIO: OutputName = OutputName::fixed("PortfolioId");

pub(super) fn template() -> Template {
    let mut template = Template::new(
        origin("zero_etl/service_catalog/access"),
        "Zero-ETL from DynamoDB to a lakehouse, Service Catalog: takes a shared portfolio into this \
         account and lets a role launch from it. Deploy the launch roles into this account as well.",
    );
    template.parameters = vec![p::portfolio_id(), p::end_user_role_arn()];
    let portfolio = Value::reference(&p::PORTFOLIO_ID);
    let accepted = Object::new().with("PortfolioId", portfolio.clone());
    let users = Object::new()
        .with("PortfolioId", portfolio.clone())
        .with("PrincipalARN", Value::reference(&p::END_USER_ROLE_ARN))
        .with("PrincipalType", "IAM");
    template.resources = vec![
        Resource::new(
            SHARE,
            "AWS::ServiceCatalog::AcceptedPortfolioShare",
            accepted,
        ),
        Resource::new(
            USERS,
            "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
            users,
        )
        .after([SHARE]),
    ];
    template.output(PORTFOLIO, "Id of the portfolio.", portfolio);
    template
}
