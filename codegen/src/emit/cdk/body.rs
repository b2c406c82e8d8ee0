//! Writes one stack's file: statements as functions of their arguments, properties of resources, and
//! constants. What is written of which resource, [`super::stack`] says.

use askama::{Template as _, filters::Safe};

use super::{
    Error,
    code::{Arguments, Hole, Keys, Printer},
    header,
    text::{TsDoc, TsIdent, TsString},
    ts_code::TsCode,
};
use crate::model::{ConditionName, Object, Template, Value};

/// What the constructs take from one resource.
pub(super) enum Take {
    /// All its properties, for a `Cfn` class of CDK.
    Properties,
    /// The statements of the policy document in this property.
    Statements(&'static [&'static str], &'static str),
    /// The statements of this inline policy.
    Inline(&'static str, &'static str),
    /// Each statement of this inline policy, alone.
    EachInline(&'static str),
    /// Some properties, as a constant.
    Constant(&'static [&'static str], &'static str),
    /// Nothing: a construct of CDK makes the same, which the parity test shows.
    Nothing,
}

pub(super) struct Body<'a> {
    stack: &'static str,
    template: &'a Template,
    holes: Vec<Hole>,
    conditions: Vec<(ConditionName, &'static str)>,
    modules: Vec<ModuleView>,
    constants: Vec<ConstantView>,
    functions: Vec<FunctionView>,
}

#[derive(askama::Template)]
#[template(path = "cdk/templates/stack.ts")]
struct StackFile {
    header: Safe<TsCode>,
    stack: Safe<TsCode>,
    modules: Vec<ModuleView>,
    constants: Vec<ConstantView>,
    functions: Vec<FunctionView>,
}

struct ModuleView {
    alias: Safe<TsIdent>,
    path: Safe<TsString>,
}

struct ConstantView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    value: Safe<TsCode>,
}

struct FunctionView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    arguments: Vec<ArgumentView>,
    returns: Safe<TsCode>,
    body: Safe<TsCode>,
}

struct ArgumentView {
    name: Safe<TsIdent>,
    kind: Safe<TsCode>,
    optional: bool,
}

fn properties<'a>(
    template: &'a Template,
    stack: &'static str,
    resource: &str,
) -> Result<&'a Object, Error> {
    let found = template
        .resources
        .iter()
        .find(|it| it.id.as_str() == resource);
    found
        .map(|it| &it.properties)
        .ok_or_else(|| Error::Missing {
            stack,
            path: resource.to_owned(),
        })
}

/// The value at a path; of a list on the way the first item counts.
pub(super) fn path<'a>(
    template: &'a Template,
    stack: &'static str,
    resource: &str,
    steps: &[&str],
) -> Result<&'a Value, Error> {
    let missing = || Error::Missing {
        stack,
        path: format!("{resource}.{}", steps.join(".")),
    };
    let (first, rest) = steps.split_first().ok_or_else(missing)?;
    let mut value = properties(template, stack, resource)?
        .get(first)
        .ok_or_else(missing)?;
    for step in rest {
        if let Value::List(items) = value {
            value = items.first().ok_or_else(missing)?;
        }
        value = match value {
            Value::Object(object) => object.get(step).ok_or_else(missing)?,
            _ => return Err(missing()),
        };
    }
    Ok(value)
}

impl<'a> Body<'a> {
    pub(super) fn new(stack: &'static str, template: &'a Template, holes: Vec<Hole>) -> Self {
        Self {
            stack,
            template,
            holes,
            conditions: Vec::new(),
            modules: Vec::new(),
            constants: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// Takes the argument `name` for what a condition of the template says.
    pub(super) fn when(mut self, condition: ConditionName, name: &'static str) -> Self {
        self.conditions.push((condition, name));
        self
    }

    pub(super) fn file(mut self, takes: &[(&str, Vec<Take>)]) -> Result<String, Error> {
        if let Some(unknown) = self
            .template
            .resources
            .iter()
            .find(|it| !takes.iter().any(|(id, _)| *id == it.id.as_str()))
        {
            return Err(Error::NoConstruct {
                stack: self.stack,
                resource: unknown.id.to_string(),
            });
        }
        self.about_the_stack()?;
        for (id, takes) in takes {
            properties(self.template, self.stack, id)?;
            for take in takes {
                self.take(id, take)?;
            }
        }
        self.modules.sort_by_key(|module| module.alias.0.clone());
        let file = StackFile {
            header: header("the blueprint of the templates").safe(),
            stack: TsCode::fixed(self.stack).safe(),
            modules: self.modules,
            constants: self.constants,
            functions: self.functions,
        };
        Ok(file.render()?)
    }

    fn about_the_stack(&mut self) -> Result<(), Error> {
        let mut outputs = Vec::new();
        for (name, output) in &self.template.outputs {
            outputs.push((
                TsCode::from(&TsIdent::new(name.as_str())?),
                TsCode::from(&TsString::new(output.description)),
            ));
        }
        let description = TsCode::from(&TsString::new(&self.template.description));
        let about = [
            (TsCode::fixed("description"), description),
            (TsCode::fixed("outputs"), TsCode::object(&outputs, 2)),
        ];
        self.constant(
            "STACK",
            "What the stack is, and what it shows to others.",
            TsCode::object(&about, 0),
        )
    }

    fn constant(&mut self, name: &'static str, about: &str, value: TsCode) -> Result<(), Error> {
        self.constants.push(ConstantView {
            doc: TsDoc::new(0, about, &[]).safe(),
            name: TsIdent::new(name)?.safe(),
            value: value.safe(),
        });
        Ok(())
    }

    fn take(&mut self, id: &str, take: &Take) -> Result<(), Error> {
        match take {
            Take::Nothing => Ok(()),
            Take::Properties => self.whole(id),
            Take::Constant(names, constant) => {
                let object = names.iter().try_fold(Object::new(), |all, name| {
                    Ok::<_, Error>(all.with(
                        *name,
                        path(self.template, self.stack, id, &[*name])?.clone(),
                    ))
                })?;
                let value = Printer::new(self.stack, &self.holes, &self.conditions).value(
                    &object.into(),
                    Keys::Camel,
                    0,
                )?;
                self.constant(constant, &format!("Of `{id}`."), value)
            }
            Take::Statements(steps, function) => {
                let document = path(self.template, self.stack, id, steps)?;
                let about = format!("The statements of `{id}`.");
                self.statements(function, &about, &statements_of(document))
            }
            Take::Inline(policy, function) => {
                let statements = self.inline(id, policy)?;
                self.statements(
                    function,
                    &format!("The statements of `{policy}` of `{id}`."),
                    &statements,
                )
            }
            Take::EachInline(policy) => {
                for statement in self.inline(id, policy)? {
                    let sid = match &statement {
                        Value::Object(object) => match object.get("Sid") {
                            Some(Value::Text(sid)) => sid.clone(),
                            _ => String::new(),
                        },
                        _ => String::new(),
                    };
                    let function = format!("provide{sid}");
                    self.statements(
                        &function,
                        &format!("The statement `{sid}` of `{id}`."),
                        &[statement],
                    )?;
                }
                Ok(())
            }
        }
    }

    /// The statements of an inline policy, whatever it depends on whether the policy is there.
    fn inline(&self, id: &str, policy: &str) -> Result<Vec<Value>, Error> {
        let missing = || Error::Missing {
            stack: self.stack,
            path: format!("{id}.Policies.{policy}"),
        };
        let Value::List(policies) = path(self.template, self.stack, id, &["Policies"])? else {
            return Err(missing());
        };
        policies
            .iter()
            .map(|item| {
                if let Value::If(_, then, _) = item {
                    then
                } else {
                    item
                }
            })
            .find_map(|item| match item {
                Value::Object(object) if object.get("PolicyName") == Some(&Value::from(policy)) => {
                    object.get("PolicyDocument").map(statements_of)
                }
                _ => None,
            })
            .ok_or_else(missing)
    }

    fn statements(&mut self, name: &str, about: &str, statements: &[Value]) -> Result<(), Error> {
        self.module("iam", "aws-iam")?;
        let mut printer = Printer::new(self.stack, &self.holes, &self.conditions);
        let code: Vec<TsCode> = statements
            .iter()
            .map(|statement| {
                let json = printer.value(statement, Keys::AsWritten, 4)?;
                Ok(TsCode::apply("iam.PolicyStatement.fromJson", &json))
            })
            .collect::<Result<_, Error>>()?;
        let arguments = printer.arguments;
        self.function(
            name,
            about,
            arguments,
            TsCode::fixed("iam.PolicyStatement[]"),
            TsCode::list(&code, 2),
        )
    }

    fn whole(&mut self, id: &str) -> Result<(), Error> {
        let resource = self
            .template
            .resources
            .iter()
            .find(|it| it.id.as_str() == id);
        let resource_type = resource.map_or("", |it| it.resource_type);
        let missing = || Error::Missing {
            stack: self.stack,
            path: id.to_owned(),
        };
        let (service, class) = resource_type
            .strip_prefix("AWS::")
            .and_then(|rest| rest.split_once("::"))
            .ok_or_else(missing)?;
        let service = service.to_ascii_lowercase();
        let module = self.module(&service, &format!("aws-{service}"))?;
        let mut printer = Printer::new(self.stack, &self.holes, &self.conditions);
        let object = properties(self.template, self.stack, id)?.clone();
        let body = printer.value(&object.into(), Keys::Camel, 2)?;
        let arguments = printer.arguments;
        let returns = TsCode::member(&module, &TsIdent::new(format!("Cfn{class}Props"))?);
        let name = TsIdent::property(id)?;
        self.function(
            name.as_str(),
            &format!("The properties of `{id}`."),
            arguments,
            returns,
            body,
        )
    }

    fn module(&mut self, alias: &str, path: &str) -> Result<TsIdent, Error> {
        let alias = TsIdent::new(alias)?;
        if !self.modules.iter().any(|module| module.alias.0 == alias) {
            self.modules.push(ModuleView {
                alias: alias.clone().safe(),
                path: TsString::new(&format!("aws-cdk-lib/{path}")).safe(),
            });
        }
        Ok(alias)
    }

    fn function(
        &mut self,
        name: &str,
        about: &str,
        arguments: Arguments,
        returns: TsCode,
        body: TsCode,
    ) -> Result<(), Error> {
        let arguments = arguments.0.into_iter().map(|(name, (kind, optional))| {
            Ok(ArgumentView {
                name: TsIdent::new(name)?.safe(),
                kind: TsCode::fixed(kind).safe(),
                optional,
            })
        });
        self.functions.push(FunctionView {
            doc: TsDoc::new(0, about, &[]).safe(),
            name: TsIdent::new(name)?.safe(),
            arguments: arguments.collect::<Result<_, Error>>()?,
            returns: returns.safe(),
            body: body.safe(),
        });
        Ok(())
    }
}

fn statements_of(document: &Value) -> Vec<Value> {
    match document {
        Value::Object(object) => match object.get("Statement") {
            Some(Value::List(statements)) => statements.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}
