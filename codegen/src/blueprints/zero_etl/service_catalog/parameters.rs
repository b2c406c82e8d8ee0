//! Parameters of the templates around the products.

use crate::model::{Constraint, Group, Parameter, ParameterName};

pub(super) const RELEASE_BUCKET: ParameterName = ParameterName::fixed("ReleaseBucket");
pub(super) const RELEASE_PREFIX: ParameterName = ParameterName::fixed("ReleasePrefix");
pub(super) const VERSION: ParameterName = ParameterName::fixed("Version");
pub(super) const PROVIDER_CODE_KEYS: ParameterName = ParameterName::fixed("ProviderCodeKeys");
pub(super) const PRODUCT_OWNER: ParameterName = ParameterName::fixed("ProductOwner");
pub(super) const SUPPORT_EMAIL: ParameterName = ParameterName::fixed("SupportEmail");
pub(super) const SOURCE_ACCOUNT_ID: ParameterName = ParameterName::fixed("SourceAccountId");
pub(super) const TARGET_ACCOUNT_ID: ParameterName = ParameterName::fixed("TargetAccountId");
pub(super) const LAUNCH_ROLE_PREFIX: ParameterName = ParameterName::fixed("LaunchRolePrefix");
pub(super) const END_USER_ROLE: ParameterName = ParameterName::fixed("EndUserRole");
pub(super) const TAG_OPTION_KEY: ParameterName = ParameterName::fixed("TagOptionKey");
pub(super) const NOTIFICATION_TOPIC_ARN: ParameterName =
    ParameterName::fixed("NotificationTopicArn");
pub(super) const REQUIRE_CUSTOMER_KEYS: ParameterName = ParameterName::fixed("RequireCustomerKeys");
pub(super) const PORTFOLIO_ID: ParameterName = ParameterName::fixed("PortfolioId");
pub(super) const END_USER_ROLE_ARN: ParameterName = ParameterName::fixed("EndUserRoleArn");
pub(super) const TABLE_NAMES: ParameterName = ParameterName::fixed("TableNames");
pub(super) const DATABASE_NAMES: ParameterName = ParameterName::fixed("DatabaseNames");

const RELEASE: Group = Group("Release");
const PRODUCTS: Group = Group("Products");
const ACCOUNTS: Group = Group("Accounts");
const USERS: Group = Group("Users");
const REACH: Group = Group("Reach");

fn text(
    name: ParameterName,
    label: &'static str,
    group: Group,
    description: &str,
    pattern: &str,
    expected: &str,
) -> Parameter {
    Parameter {
        name,
        label,
        group,
        description: description.to_owned(),
        default: None,
        constraint: Constraint::Pattern {
            pattern: pattern.to_owned(),
            min_length: None,
            max_length: None,
        },
        expected: expected.to_owned(),
    }
}

fn or(mut parameter: Parameter, default: &str) -> Parameter {
    parameter.default = Some(default.to_owned());
    parameter
}

pub(super) fn release_bucket() -> Parameter {
    text(
        RELEASE_BUCKET,
        "Bucket of the releases",
        RELEASE,
        "Bucket that the release folder was uploaded to, in this Region.",
        "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        "Type the name of a bucket.",
    )
}

pub(super) fn release_prefix() -> Parameter {
    or(
        text(
            RELEASE_PREFIX,
            "Prefix of the releases",
            RELEASE,
            "What stands before the version in the keys of the bucket.",
            "^[A-Za-z0-9][A-Za-z0-9/_.-]{0,254}$",
            "Type letters, digits, slashes, underscores, dots or hyphens.",
        ),
        "zeroetl",
    )
}

pub(super) fn version(versions: &[&str]) -> Parameter {
    let newest = versions.last().copied().unwrap_or_default();
    let mut parameter = or(
        text(
            VERSION,
            "Newest version",
            RELEASE,
            "Newest version to offer. All versions before it are offered as well: a product that \
             somebody has launched keeps its version.",
            "",
            "Type one of the versions.",
        ),
        newest,
    );
    parameter.constraint =
        Constraint::Allowed(versions.iter().map(|it| (*it).to_owned()).collect());
    parameter
}

pub(super) fn provider_code_keys() -> Parameter {
    text(
        PROVIDER_CODE_KEYS,
        "Keys of the code",
        RELEASE,
        "Keys of the provider's zips that may be launched, separated by commas: one for each \
         architecture and each version that is offered, as the manifest of each version names it.",
        "^[!-+.-~/-]+(,[!-+.-~/-]+)*$",
        "Type keys without spaces, separated by commas.",
    )
}

pub(super) fn product_owner() -> Parameter {
    or(
        text(
            PRODUCT_OWNER,
            "Owner",
            PRODUCTS,
            "Team that offers the products, shown to those who launch them.",
            "^[^\\x00-\\x1f]{1,50}$",
            "Type up to 50 characters.",
        ),
        "Data platform",
    )
}

pub(super) fn support_email() -> Parameter {
    or(
        text(
            SUPPORT_EMAIL,
            "Support",
            PRODUCTS,
            "Address that users write to; empty for none.",
            "^$|^[^@ ]+@[^@ ]+$",
            "Type an address, or nothing.",
        ),
        "",
    )
}

pub(super) fn require_customer_keys() -> Parameter {
    let mut parameter = or(
        text(
            REQUIRE_CUSTOMER_KEYS,
            "Customer keys",
            PRODUCTS,
            "Yes to refuse a launch without a customer key for the table, the bucket and the \
             integration.",
            "",
            "Type No or Yes.",
        ),
        "No",
    );
    parameter.constraint = Constraint::Allowed(vec!["No".to_owned(), "Yes".to_owned()]);
    parameter
}

pub(super) fn tag_option_key() -> Parameter {
    or(
        text(
            TAG_OPTION_KEY,
            "Tag",
            PRODUCTS,
            "Key of the tag that everybody has to choose a value for: dev, test or prod.",
            "^[A-Za-z0-9_.:/=+@-]{1,128}$",
            "Type up to 128 letters, digits and any of _ . : / = + @ -",
        ),
        "environment",
    )
}

pub(super) fn notification_topic_arn() -> Parameter {
    or(
        text(
            NOTIFICATION_TOPIC_ARN,
            "Topic",
            PRODUCTS,
            "SNS topic that hears of each launch, update and end; empty for none.",
            "^$|^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
            "Type the ARN of a topic, or nothing.",
        ),
        "",
    )
}

fn account(name: ParameterName, label: &'static str, description: &str) -> Parameter {
    text(
        name,
        label,
        ACCOUNTS,
        description,
        "^$|^[0-9]{12}$",
        "Type the 12 digits of the account id, or nothing.",
    )
}

pub(super) fn source_account_id(description: &str) -> Parameter {
    or(
        account(SOURCE_ACCOUNT_ID, "Source account", description),
        "",
    )
}

pub(super) fn target_account_id(description: &str) -> Parameter {
    or(
        account(TARGET_ACCOUNT_ID, "Target account", description),
        "",
    )
}

/// The account of the database, which an integration writes to.
pub(super) fn required_target_account_id() -> Parameter {
    let mut parameter = account(
        TARGET_ACCOUNT_ID,
        "Target account",
        "Account that owns the Glue databases. It may be this account.",
    );
    parameter.group = REACH;
    parameter.expected = String::from("Type the 12 digits of the account id.");
    parameter.constraint = Constraint::Pattern {
        pattern: "^[0-9]{12}$".to_owned(),
        min_length: None,
        max_length: None,
    };
    parameter
}

pub(super) fn launch_role_prefix() -> Parameter {
    or(
        text(
            LAUNCH_ROLE_PREFIX,
            "Launch roles",
            USERS,
            "What the names of the launch roles begin with, in every account; -source, -target \
             and -integration follow.",
            "^[A-Za-z0-9+=,.@_-]{1,48}$",
            "Type up to 48 characters of a role's name.",
        ),
        "zeroetl-launch",
    )
}

pub(super) fn end_user_role() -> Parameter {
    or(
        text(
            END_USER_ROLE,
            "Users",
            USERS,
            "Name, or pattern of names, of the roles that may launch, such as DataEngineer*; \
             empty to associate them yourself.",
            "^$|^[A-Za-z0-9+=,.@_*?/-]{1,128}$",
            "Type the name of a role, which may contain * and ?, or nothing.",
        ),
        "",
    )
}

pub(super) fn portfolio_id() -> Parameter {
    text(
        PORTFOLIO_ID,
        "Portfolio",
        USERS,
        "Portfolio that is shared with this account; the output of the portfolio's stack.",
        "^port-[a-z0-9]{1,95}$",
        "Type the id of a portfolio, port-…",
    )
}

pub(super) fn end_user_role_arn() -> Parameter {
    text(
        END_USER_ROLE_ARN,
        "Users",
        USERS,
        "Role of this account whose users may launch.",
        "^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}$",
        "Type the ARN of a role.",
    )
}

pub(super) fn table_names() -> Parameter {
    or(
        text(
            TABLE_NAMES,
            "Tables",
            REACH,
            "Name, or pattern of names, of the DynamoDB tables that may be made.",
            "^[A-Za-z0-9_.*?-]{1,128}$",
            "Type the name of a table, which may contain * and ?",
        ),
        "*",
    )
}

pub(super) fn database_names() -> Parameter {
    or(
        text(
            DATABASE_NAMES,
            "Databases",
            REACH,
            "Name, or pattern of names, of the Glue databases that may be made or written to.",
            "^[a-z0-9_*?]{1,255}$",
            "Type the name of a database, which may contain * and ?",
        ),
        "*",
    )
}
