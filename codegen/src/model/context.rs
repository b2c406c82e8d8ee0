//! Why a template is as it is, for those who change it later, people and programs:
//! `com.aws.cloudformation.Context`, version 1 of its schema.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-metadata.html>

/// How safe a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// It would lose data or break what others rely on.
    MustNeverChange,
    /// Only together with something else, or with a step by hand before it.
    ChangeWithConstraints,
    /// Somebody should look at it first.
    ReviewRequired,
    /// At any time.
    FreeToTune,
}

impl Mutability {
    /// As the schema spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MustNeverChange => "must-never-change",
            Self::ChangeWithConstraints => "change-with-constraints",
            Self::ReviewRequired => "review-required",
            Self::FreeToTune => "free-to-tune",
        }
    }
}

/// About a whole template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateContext {
    /// The shape of the system that the stack is a part of.
    pub arch: &'static str,
    /// What has to hold, whatever is changed.
    pub must: Vec<&'static str>,
}

/// About one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// What it is for, and why it is so.
    pub why: &'static str,
    /// What has to hold.
    pub must: Vec<&'static str>,
    /// How safe a change of any property is.
    pub mutable: Mutability,
    /// How safe a change of these properties is.
    pub mutability: Vec<(&'static str, Mutability)>,
    /// What other stacks have to have made before.
    pub deps: Vec<&'static str>,
}

impl Context {
    /// What it is for, and how safe a change is.
    pub const fn new(why: &'static str, mutable: Mutability) -> Self {
        Self {
            why,
            must: Vec::new(),
            mutable,
            mutability: Vec::new(),
            deps: Vec::new(),
        }
    }

    /// Something that has to hold.
    #[must_use]
    pub fn must(mut self, rule: &'static str) -> Self {
        self.must.push(rule);
        self
    }

    /// A change of these properties is safe to another degree.
    #[must_use]
    pub fn but(
        mut self,
        mutability: Mutability,
        properties: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let properties = properties.into_iter().map(|name| (name, mutability));
        self.mutability.extend(properties);
        self
    }

    /// Something that another stack has to have made before.
    #[must_use]
    pub fn needs(mut self, dependency: &'static str) -> Self {
        self.deps.push(dependency);
        self
    }
}
