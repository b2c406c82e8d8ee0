//! Policies: statements with one shape, whatever they are attached to.

use super::{ConditionName, Object, Value};

/// The version of the policy language.
const VERSION: &str = "2012-10-17";

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Permits.
    Allow,
    /// Forbids.
    Deny,
}

/// Whom a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Everybody.
    Anyone,
    /// An AWS service.
    Service(&'static str),
    /// AWS services, by a value that comes to one name or several.
    Services(Value),
    /// An account, role or user, as ARN.
    Aws(Value),
}

impl Principal {
    fn into_value(self) -> Value {
        match self {
            Self::Anyone => "*".into(),
            Self::Service(name) => Object::new().with("Service", name).into(),
            Self::Services(names) => Object::new().with("Service", names).into(),
            Self::Aws(arn) => Object::new().with("AWS", arn).into(),
        }
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamStatement {
    sid: String,
    effect: Effect,
    principal: Option<Principal>,
    actions: Vec<&'static str>,
    resources: Vec<Value>,
    conditions: Vec<(&'static str, &'static str, Value)>,
    conditions_only_when: Option<ConditionName>,
    only_when: Option<ConditionName>,
    unless: Option<ConditionName>,
}

impl IamStatement {
    /// Permits actions on resources.
    pub fn allow(
        sid: &'static str,
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self {
            sid: sid.to_owned(),
            effect: Effect::Allow,
            principal: None,
            actions: actions.into_iter().collect(),
            resources: resources.into_iter().collect(),
            conditions: Vec::new(),
            conditions_only_when: None,
            only_when: None,
            unless: None,
        }
    }

    /// Forbids actions on resources.
    pub fn deny(
        sid: &'static str,
        actions: impl IntoIterator<Item = &'static str>,
        resources: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self {
            effect: Effect::Deny,
            ..Self::allow(sid, actions, resources)
        }
    }

    /// Its name.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// Whom it is about; for policies attached to a resource.
    #[must_use]
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Only when `operator` holds between `key` and `value`.
    #[must_use]
    pub fn when(
        mut self,
        operator: &'static str,
        key: &'static str,
        value: impl Into<Value>,
    ) -> Self {
        self.conditions.push((operator, key, value.into()));
        self
    }

    /// Ends the statement's name with `mark`.
    #[must_use]
    pub fn marked(mut self, mark: &str) -> Self {
        self.sid.push_str(mark);
        self
    }

    /// Only when `condition` of the template holds.
    #[must_use]
    pub fn only_when(mut self, condition: ConditionName) -> Self {
        self.only_when = Some(condition);
        self
    }

    /// Only when `condition` of the template does not hold.
    #[must_use]
    pub fn unless(mut self, condition: ConditionName) -> Self {
        self.unless = Some(condition);
        self
    }

    /// The operators of `when` count only when `condition` of the template holds.
    #[must_use]
    pub fn conditions_only_when(mut self, condition: ConditionName) -> Self {
        self.conditions_only_when = Some(condition);
        self
    }

    fn into_value(mut self) -> Value {
        let (only_when, unless) = (self.only_when.take(), self.unless.take());
        let mut statement = self.statement();
        if let Some(condition) = unless {
            statement = Value::If(condition, Box::new(Value::NoValue), Box::new(statement));
        }
        match only_when {
            Some(condition) => statement.when(&condition),
            None => statement,
        }
    }

    fn statement(self) -> Value {
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        let mut condition: Vec<(&str, Object)> = Vec::new();
        for (operator, key, value) in self.conditions {
            if let Some((_, keys)) = condition.iter_mut().find(|(known, _)| *known == operator) {
                *keys = std::mem::take(keys).with(key, value);
            } else {
                condition.push((operator, Object::new().with(key, value)));
            }
        }
        let condition = condition
            .into_iter()
            .fold(Object::new(), |all, (operator, keys)| {
                all.with(operator, keys)
            });
        let mut statement = Object::new()
            .with("Sid", self.sid.as_str())
            .with("Effect", effect);
        if let Some(principal) = self.principal {
            statement = statement.with("Principal", principal.into_value());
        }
        if !self.actions.is_empty() {
            let actions = self.actions.into_iter().map(Value::from).collect();
            statement = statement.with("Action", Value::one_or_many(actions));
        }
        if !self.resources.is_empty() {
            statement = statement.with("Resource", Value::one_or_many(self.resources));
        }
        if !condition.is_empty() {
            let condition = Value::from(condition);
            let condition = match &self.conditions_only_when {
                Some(name) => condition.when(name),
                None => condition,
            };
            statement = statement.with("Condition", condition);
        }
        statement.into()
    }
}

/// A policy document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IamPolicy(Vec<IamStatement>);

impl IamPolicy {
    /// A document of these statements.
    pub fn new(statements: impl IntoIterator<Item = IamStatement>) -> Self {
        Self(statements.into_iter().collect())
    }
}

impl From<IamPolicy> for Value {
    fn from(policy: IamPolicy) -> Self {
        let statements = policy.0.into_iter().map(IamStatement::into_value).collect();
        Object::new()
            .with("Version", VERSION)
            .with("Statement", Self::List(statements))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_with_one_operator_share_its_object() {
        let statement = IamStatement::allow("S", ["s3:GetObject"], [Value::from("*")])
            .when("StringEquals", "a", "1")
            .when("ArnLike", "b", "2")
            .when("StringEquals", "c", "3");
        let Value::Object(statement) = statement.into_value() else {
            panic!("no object")
        };
        let expected = Object::new()
            .with("StringEquals", Object::new().with("a", "1").with("c", "3"))
            .with("ArnLike", Object::new().with("b", "2"));
        assert_eq!(statement.get("Condition"), Some(&expected.into()));
    }

    #[test]
    fn a_trust_statement_has_no_resource() {
        let statement = IamStatement::allow("Trust", ["sts:AssumeRole"], [])
            .principal(Principal::Service("glue.amazonaws.com"));
        let Value::Object(statement) = statement.into_value() else {
            panic!("no object")
        };
        assert_eq!(statement.get("Resource"), None);
    }
}
