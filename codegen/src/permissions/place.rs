//! What an action is done to. Whoever writes a policy says what each place is called there.

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The action knows no resources, or has to be done to all.
    Anything,
    /// The DynamoDB table.
    Table,
    /// The customer key of the table.
    TableKey,
    /// The bucket.
    Bucket,
    /// The Data Catalog of the stack's account.
    Catalog,
    /// The Glue database.
    Database,
    /// The roles of the stack.
    Roles,
    /// The registrations of target roles.
    Registrations,
    /// The provider's log group.
    LogGroup,
    /// The provider's function.
    Function,
    /// The provider's zip.
    Code,
    /// Integrations of the stack's account.
    Integrations,
    /// The Data Catalog that an integration writes to.
    TargetCatalog,
    /// The database that an integration writes to.
    TargetDatabase,
    /// The customer key of the integration.
    IntegrationKey,
}

/// Where an action is allowed, and under which conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct On {
    /// The statement's name.
    pub sid: &'static str,
    /// What it is done to.
    pub places: &'static [Place],
    /// For `iam:PassRole`: to whom.
    pub passed_to: Option<&'static str>,
    /// For keys: on behalf of the caller by which service only.
    pub via: Option<&'static str>,
}

impl On {
    pub(super) const fn new(sid: &'static str, places: &'static [Place]) -> Self {
        Self {
            sid,
            places,
            passed_to: None,
            via: None,
        }
    }

    pub(super) const fn passed_to(sid: &'static str, service: &'static str) -> Self {
        Self {
            sid,
            places: &[Place::Roles],
            passed_to: Some(service),
            via: None,
        }
    }

    pub(super) const fn via(mut self, service: &'static str) -> Self {
        self.via = Some(service);
        self
    }
}
