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
    /// The role of the stack that Glue and Lake Formation take.
    TargetRole,
    /// The role of the stack that Lambda takes.
    ProviderRole,
    /// The registrations of target roles.
    Registrations,
    /// The provider's log group.
    LogGroup,
    /// What is in that log group; most calls on the group are checked on this.
    LogStreams,
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
    /// For grants on keys: only those that an AWS service asks for.
    pub for_services: bool,
    /// What a permissions boundary that is demanded changes.
    pub boundary: Boundary,
}

/// What is made of an action where whoever writes the policy demands a permissions boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// Nothing.
    Indifferent,
    /// It is allowed with the boundary only.
    Demanded,
    /// It is not allowed.
    Kept,
}

impl On {
    pub(super) const fn new(sid: &'static str, places: &'static [Place]) -> Self {
        Self {
            sid,
            places,
            passed_to: None,
            via: None,
            for_services: false,
            boundary: Boundary::Indifferent,
        }
    }

    pub(super) const fn passed_to(
        sid: &'static str,
        places: &'static [Place],
        service: &'static str,
    ) -> Self {
        let mut on = Self::new(sid, places);
        on.passed_to = Some(service);
        on
    }

    pub(super) const fn via(mut self, service: &'static str) -> Self {
        self.via = Some(service);
        self
    }

    pub(super) const fn for_services(mut self) -> Self {
        self.for_services = true;
        self
    }

    pub(super) const fn boundary(mut self, boundary: Boundary) -> Self {
        self.boundary = boundary;
        self
    }
}
