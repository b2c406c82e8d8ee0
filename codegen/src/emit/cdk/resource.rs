//! The constructs of the custom resources, as close to the type as CDK's own `Cfn` classes.

use std::collections::BTreeSet;

use askama::{Template, filters::Safe};

use super::{
    Error, header,
    schema::{Choice, CustomResource, Kind, Property, Struct},
    text::{TsDoc, TsIdent, TsString},
    ts_code::TsCode,
};

/// What happens where an optional property is left out and the schema names no default value.
const DEFAULTS: &[(&str, &str)] = &[
    ("TargetTableConfig", "Glue's own layout"),
    ("SourceTableConfig", "the whole table"),
    ("UnnestSpec", "Glue's own, `UnnestSpec.FULL`"),
    ("PartitionSpec", "buckets of the primary key, made by Glue"),
    ("TargetTableName", "a name that Glue makes up"),
    (
        "ConversionSpec",
        "none, as `PartitionFunction.IDENTITY` wants it",
    ),
    ("Fields", "all fields"),
    ("FilterPredicate", "all rows"),
    ("PrimaryKey", "the key of the source"),
    ("RecordUpdateField", "none"),
    ("ForceUpdate", "none"),
];

#[derive(Template)]
#[template(path = "cdk/templates/choices.ts")]
struct ChoicesFile {
    header: Safe<TsCode>,
    choices: Vec<ChoiceView>,
}

struct ChoiceView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    cases: Vec<CaseView>,
}

struct CaseView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    word: Safe<TsString>,
}

#[derive(Template)]
#[template(path = "cdk/templates/resource.ts")]
struct ResourceFile {
    header: Safe<TsCode>,
    imports: Vec<Safe<TsIdent>>,
    structs: Vec<StructView>,
    class: Safe<TsIdent>,
    class_doc: Safe<TsDoc>,
    props_doc: Safe<TsDoc>,
    type_name: Safe<TsString>,
    attributes: Vec<AttributeView>,
    properties: Vec<PropertyView>,
}

struct StructView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    properties: Vec<PropertyView>,
}

struct PropertyView {
    doc: Safe<TsDoc>,
    short_doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    kind: Safe<TsCode>,
    required: bool,
    key: Safe<TsIdent>,
    rendered: Safe<TsCode>,
}

struct AttributeView {
    doc: Safe<TsDoc>,
    name: Safe<TsIdent>,
    key: Safe<TsString>,
}

/// The closed sets of words of all custom resources.
pub(super) fn choices(resources: &[CustomResource]) -> Result<String, Error> {
    let mut choices: Vec<&Choice> = Vec::new();
    for choice in resources.iter().flat_map(|resource| &resource.choices) {
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    let choices = choices
        .into_iter()
        .map(choice_view)
        .collect::<Result<_, _>>()?;
    let header = header("the property types of the custom resources").safe();
    Ok(ChoicesFile { header, choices }.render()?)
}

fn choice_view(choice: &Choice) -> Result<ChoiceView, Error> {
    let case = |(word, about): &(String, String)| -> Result<CaseView, Error> {
        Ok(CaseView {
            doc: TsDoc::new(2, about, &[]).safe(),
            name: TsIdent::constant(word)?.safe(),
            word: TsString::new(word).safe(),
        })
    };
    Ok(ChoiceView {
        doc: TsDoc::new(0, &choice.description, &[]).safe(),
        name: TsIdent::new(choice.name.as_str())?.safe(),
        cases: choice.cases.iter().map(case).collect::<Result<_, _>>()?,
    })
}

/// The construct of one custom resource.
pub(super) fn resource(resource: &CustomResource) -> Result<String, Error> {
    let class = TsIdent::new(format!("Cfn{}", resource.short_name()))?;
    let properties = |list: &[Property]| -> Result<Vec<PropertyView>, Error> {
        list.iter()
            .map(|property| property_view(property, &resource.choices))
            .collect()
    };
    let structure = |it: &Struct| -> Result<StructView, Error> {
        Ok(StructView {
            doc: TsDoc::new(0, &it.description, &[]).safe(),
            name: TsIdent::new(it.name.as_str())?.safe(),
            properties: properties(&it.properties)?,
        })
    };
    let attribute = |(name, about): &(String, String)| -> Result<AttributeView, Error> {
        Ok(AttributeView {
            doc: TsDoc::new(2, about, &[("attribute", "")]).safe(),
            name: TsIdent::new(format!("attr{name}"))?.safe(),
            key: TsString::new(name).safe(),
        })
    };
    let file = ResourceFile {
        header: header("the property types of the custom resources").safe(),
        imports: imports(resource)?,
        structs: resource
            .structs
            .iter()
            .map(structure)
            .collect::<Result<_, _>>()?,
        class_doc: TsDoc::new(
            0,
            &resource.description,
            &[("cloudformationResource", &resource.type_name)],
        )
        .safe(),
        props_doc: TsDoc::new(0, &format!("Properties of `{}`.", resource.type_name), &[]).safe(),
        type_name: TsString::new(&resource.type_name).safe(),
        attributes: resource
            .attributes
            .iter()
            .map(attribute)
            .collect::<Result<_, _>>()?,
        properties: properties(&resource.properties)?,
        class: class.safe(),
    };
    Ok(file.render()?)
}

fn imports(resource: &CustomResource) -> Result<Vec<Safe<TsIdent>>, Error> {
    fn choice(kind: &Kind) -> Option<&str> {
        match kind {
            Kind::Choice(name) => Some(name),
            Kind::List(item) => choice(item),
            _ => None,
        }
    }
    let nested = resource.structs.iter().flat_map(|it| &it.properties);
    let names: BTreeSet<&str> = resource
        .properties
        .iter()
        .chain(nested)
        .filter_map(|property| choice(&property.kind))
        .collect();
    names
        .into_iter()
        .map(|name| Ok(TsIdent::new(name)?.safe()))
        .collect()
}

fn property_view(property: &Property, choices: &[Choice]) -> Result<PropertyView, Error> {
    let name = TsIdent::property(&property.name)?;
    let default = if property.required {
        None
    } else {
        Some(default(property, choices)?)
    };
    let tags: Vec<(&str, &str)> = default
        .iter()
        .map(|text| ("default", text.as_str()))
        .collect();
    let value = TsCode::member(&TsIdent::new("value")?, &name);
    Ok(PropertyView {
        doc: TsDoc::new(2, &property.description, &tags).safe(),
        short_doc: TsDoc::new(2, &property.description, &[]).safe(),
        kind: kind(&property.kind)?.safe(),
        required: property.required,
        key: TsIdent::new(property.name.as_str())?.safe(),
        rendered: rendered(&property.kind, &value)?.safe(),
        name: name.safe(),
    })
}

fn kind(kind: &Kind) -> Result<TsCode, Error> {
    Ok(match kind {
        Kind::Text => TsCode::fixed("string"),
        Kind::Boolean | Kind::Flag => TsCode::fixed("boolean"),
        Kind::Document => TsCode::fixed("any"),
        Kind::Choice(name) | Kind::Struct(name) => TsCode::from(&TsIdent::new(name.as_str())?),
        Kind::List(item) => TsCode::list_of(&self::kind(item)?),
    })
}

fn rendered(kind: &Kind, value: &TsCode) -> Result<TsCode, Error> {
    let render = |name: &str| TsIdent::new(format!("render{name}"));
    Ok(match kind {
        Kind::Text | Kind::Boolean | Kind::Document | Kind::Choice(_) => value.clone(),
        Kind::Flag => TsCode::flag(value),
        Kind::Struct(name) => TsCode::call(&render(name)?, value),
        Kind::List(item) => match &**item {
            Kind::Struct(name) => TsCode::mapped(value, &render(name)?),
            _ => value.clone(),
        },
    })
}

/// The words behind `@default`.
fn default(property: &Property, choices: &[Choice]) -> Result<String, Error> {
    if let Some(default) = &property.default {
        if let (Kind::Choice(name), Some(word)) = (&property.kind, default.as_str())
            && choices.iter().any(|choice| choice.name == *name)
        {
            return Ok(format!("{name}.{}", TsIdent::constant(word)?));
        }
        if property.kind == Kind::Flag {
            return Ok((default == "TRUE").to_string());
        }
        if property.kind == Kind::Boolean {
            return Ok(default.to_string());
        }
    }
    let known = DEFAULTS.iter().find(|(name, _)| *name == property.name);
    match known {
        Some((_, words)) => Ok(format!("- {words}")),
        None => Err(Error::NoDefault {
            property: property.name.clone(),
        }),
    }
}
