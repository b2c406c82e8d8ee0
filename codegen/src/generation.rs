//! Everything that `generate` emits, in memory: blueprint → model → check → text → [`Files`].

use sha2::{Digest as _, Sha256};

use crate::{
    blueprints::zero_etl::{
        self, Stacks,
        service_catalog::{self, Published},
    },
    config::{self, Config},
    emit::{
        cdk,
        cfn::{self, EmitError},
        guard,
        reference::{self, Section},
        schema,
    },
    files::Files,
    limits::{self, Exceeded},
    model::{Defect, validate},
    permissions::Unreviewed,
    plan::StackKind,
};

/// The folder of the templates, in the output folder.
const FOLDER: &str = "zero-etl";
/// The folder of the deployers' policies.
const DEPLOYERS: &str = "zero-etl/deployer";
/// The folder of the templates around the products of Service Catalog.
const CATALOG: &str = "service-catalog";
/// The rules for the custom resources, in the folder of the npm package.
const GUARD: &str = "rules/zeroetl.guard";
/// Their tests, beside them.
const GUARD_TESTS: &str = "rules/zeroetl_tests.yaml";
/// The schema of the config file, in the output folder.
const SCHEMA: &str = "zeroetl.schema.json";
/// What the parameters mean, in the folder of the guide.
const REFERENCE: &str = "parameters.md";

/// The version that the templates are made for.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// A blueprint made a template that does not hold together: a mistake of ours.
    #[error("the {} template does not hold together: {}", .0.as_str(), listed(.1))]
    Defects(StackKind, Vec<Defect>),
    /// Nobody knows what deploying it takes: a mistake of ours.
    #[error("cannot tell what a deployer needs")]
    Deployer(#[from] Unreviewed),
    /// A template beside the three stacks does not hold together: a mistake of ours.
    #[error("the template `{}` does not hold together: {}", .0, listed(.1))]
    Beside(String, Vec<Defect>),
    /// Products that people have launched would not be what they were.
    #[error(
        "version {version} is published, and its {} template would change; raise the version in \
         `Cargo.toml`",
        .stacks.join(" and ")
    )]
    Published {
        /// The version.
        version: &'static str,
        /// The stacks whose templates differ from what was published.
        stacks: Vec<&'static str>,
    },
    /// A text could not be written.
    #[error("cannot write the {} template", .0.as_str())]
    Emit(StackKind, #[source] EmitError),
    /// A template of Service Catalog could not be written.
    #[error("cannot write the templates of Service Catalog")]
    Catalog(#[source] EmitError),
    /// The constructs could not be written: a mistake of ours.
    #[error("cannot write the constructs")]
    Constructs(#[from] cdk::Error),
    /// The tests of the Guard rules could not be written.
    #[error("cannot write the tests of the Guard rules")]
    GuardTests(#[source] serde_saphyr::ser::Error),
    /// The schema could not be written.
    #[error("cannot write the schema of the config file")]
    Schema(#[source] EmitError),
}

fn listed(defects: &[Defect]) -> String {
    defects
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// What was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The files.
    pub files: Files,
    /// What AWS would refuse to deploy.
    pub exceeded: Vec<Exceeded>,
}

/// The product for everybody, and the policies of those who deploy it.
pub fn product() -> Result<Generation, GenerationError> {
    let mut generation = generation(&zero_etl::product())?;
    add(&mut generation, DEPLOYERS, &zero_etl::deployers()?)?;
    add_catalog(&mut generation, &Published::recorded())?;
    Ok(generation)
}

/// Adds what makes products of the stacks, once it is sure that no published one changes.
fn add_catalog(generation: &mut Generation, published: &Published) -> Result<(), GenerationError> {
    let hashes = StackKind::ALL.map(|kind| {
        let path = format!("{FOLDER}/{}.yaml", kind.as_str());
        let text = generation.files.get(&path).unwrap_or_default();
        (kind.as_str(), hex::encode(Sha256::digest(text)))
    });
    let stacks = published.changed(VERSION, hashes);
    if !stacks.is_empty() {
        let version = VERSION;
        return Err(GenerationError::Published { version, stacks });
    }
    generation.files.own(CATALOG);
    for (name, template) in service_catalog::catalog(&published.with_current(VERSION))? {
        let path = format!("{CATALOG}/{name}");
        let defects = validate(&template);
        if !defects.is_empty() {
            return Err(GenerationError::Beside(path, defects));
        }
        let document = cfn::document(&template);
        let json = cfn::to_json(&document).map_err(GenerationError::Catalog)?;
        let yaml = cfn::to_yaml(&document).map_err(GenerationError::Catalog)?;
        generation.files.insert(format!("{path}.json"), json);
        generation.files.insert(format!("{path}.yaml"), yaml);
    }
    Ok(())
}

/// The stacks of one config.
pub fn from_config(config: &Config) -> Result<Generation, GenerationError> {
    let stacks = zero_etl::stacks(config);
    let mut generation = generation(&stacks)?;
    let target = cfn::document(&stacks.target);
    generation
        .exceeded
        .extend(limits::of_catalog_policy(config, &target));
    Ok(generation)
}

/// The generated half of the npm package, relative to its folder.
pub fn constructs() -> Result<Generation, GenerationError> {
    let stacks = zero_etl::product();
    let resources = zeroetl_properties::schemas();
    let made = cdk::files(&cdk::Inputs {
        resources: &resources,
        source: &stacks.source,
        target: &stacks.target,
        integration: &stacks.integration,
        regions: config::SUPPORTED_REGIONS,
    })?;
    let mut files = Files::new();
    files.own(cdk::FOLDER);
    for (path, text) in made {
        files.insert(path, text);
    }
    files.insert(GUARD, guard::rules(&resources));
    let tests = guard::unit_tests(&resources).map_err(GenerationError::GuardTests)?;
    files.insert(GUARD_TESTS, tests);
    let exceeded = Vec::new();
    Ok(Generation { files, exceeded })
}

/// The generated page of the guide, relative to its folder.
pub fn guide() -> Result<Generation, GenerationError> {
    let placed = |folder: &str, stacks: &Stacks| {
        stacks
            .in_order()
            .map(|(kind, template)| (format!("{folder}/{}", kind.as_str()), template.clone()))
            .to_vec()
    };
    let catalog = service_catalog::catalog(&Published::recorded().with_current(VERSION))?;
    let sections = [
        Section {
            title: "The stacks",
            about: "What is deployed. \"Later change\" says how safe it is to change the parameter \
                    of a stack that stands, and for which resource; what must hold for it stands \
                    below. \"Never\" would leave data behind, \"with care\" takes a step beforehand \
                    or reloads data.",
            templates: placed(FOLDER, &zero_etl::product()),
        },
        Section {
            title: "Policies of the deployers",
            about: "A policy for whoever deploys the stack of the same name, with exactly the \
                    actions that it takes.",
            templates: placed(DEPLOYERS, &zero_etl::deployers()?),
        },
        Section {
            title: "Service Catalog",
            about: "What makes products of the stacks.",
            templates: catalog
                .into_iter()
                .map(|(name, template)| (format!("{CATALOG}/{name}"), template))
                .collect(),
        },
    ];
    let mut files = Files::new();
    files.insert(REFERENCE, reference::page(&sections));
    let exceeded = Vec::new();
    Ok(Generation { files, exceeded })
}

fn generation(stacks: &Stacks) -> Result<Generation, GenerationError> {
    let mut generation = Generation {
        files: Files::new(),
        exceeded: Vec::new(),
    };
    add(&mut generation, FOLDER, stacks)?;
    let schema = schema::to_json(&config::schema()).map_err(GenerationError::Schema)?;
    generation.files.insert(SCHEMA, schema);
    Ok(generation)
}

/// Adds three templates, in both formats, in a folder of their own.
fn add(generation: &mut Generation, folder: &str, stacks: &Stacks) -> Result<(), GenerationError> {
    generation.files.own(folder);
    for (kind, template) in stacks.in_order() {
        let defects = validate(template);
        if !defects.is_empty() {
            return Err(GenerationError::Defects(kind, defects));
        }
        let emit = |error| GenerationError::Emit(kind, error);
        let document = cfn::document(template);
        let json = cfn::to_json(&document).map_err(emit)?;
        let yaml = cfn::to_yaml(&document).map_err(emit)?;
        let exceeded = limits::of_template(kind, template, json.len());
        generation.exceeded.extend(exceeded);
        let path = format!("{folder}/{}", kind.as_str());
        generation.files.insert(format!("{path}.json"), json);
        generation.files.insert(format!("{path}.yaml"), yaml);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_version_is_never_generated_anew() {
        let mut generation = generation(&zero_etl::product()).unwrap();
        let other = "0".repeat(64);
        let published: Published = serde_json::from_str(&format!(
            r#"{{"versions": [{{"version": "{VERSION}", "templates": {{
                "source": "{other}", "target": "{other}", "integration": "{other}"}}}}]}}"#
        ))
        .unwrap();
        let error = add_catalog(&mut generation, &published).unwrap_err();
        let expected = format!(
            "version {VERSION} is published, and its source and target and integration template \
             would change; raise the version in `Cargo.toml`"
        );
        assert_eq!(error.to_string(), expected);
        add_catalog(&mut generation, &Published::default()).unwrap();
    }
}
