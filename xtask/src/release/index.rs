//! `index.md`: the first page of a release, with one link per stack that opens the console's
//! form with everything filled in that is known.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::STACKS;
use super::place::Base;
use super::zips::Zip;

/// Stands where no base URL was given.
const YOUR_BUCKET: &str = "https://<your bucket>.s3.<region>.amazonaws.com/zeroetl";

/// The page.
pub(super) fn page(root: &Path, version: &str, base: &Base, zips: &[Zip]) -> Result<String> {
    let mut page = format!(
        "# zeroetl {version}\n\nA DynamoDB table to a SageMaker Lakehouse in another account, by \
         Glue zero-ETL. Three stacks: `source` (the table's account) and `target` (the lakehouse's \
         account) in either order, then `integration` (the table's account). How to do it step by \
         step is in [the guide](guide/index.md), what each parameter means in \
         [parameters](guide/parameters.md); every file is in [manifest.json](manifest.json) \
         with its hash.\n"
    );
    for zip in zips {
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "\nProvider for {}: [{path}]({path}), SHA-256 `{}`.\n",
            zip.architecture,
            zip.sha256,
            path = zip.path
        );
    }
    page.push_str("\n## Launch\n\n");
    let regions = if base.is_per_region() {
        regions(root)?
    } else {
        vec![String::new()]
    };
    let mut rows = String::new();
    for stack in STACKS {
        let links: Option<Vec<String>> = regions
            .iter()
            .map(|region| {
                let title = if region.is_empty() { "launch" } else { region };
                let link = launch(stack, version, base, zips, region)?;
                Some(format!("[{title}]({link})"))
            })
            .collect();
        let Some(links) = links else {
            let _ = writeln!(
                page,
                "This release was made without a base URL, so there is nothing to launch from \
                 yet. Upload it to a bucket of yours in the Region that you deploy to and follow \
                 the guide, or make it anew with `cargo xtask package --release-dir DIR --base-url \
                 {YOUR_BUCKET}`."
            );
            return Ok(page);
        };
        let account = if stack == "target" {
            "lakehouse"
        } else {
            "table"
        };
        let yaml = format!("templates/zero-etl/{stack}.yaml");
        let _ = writeln!(
            rows,
            "| {stack} | {account} | {} | [{yaml}]({yaml}) |",
            links.join(", ")
        );
    }
    page.push_str("| stack | account | launch | template |\n| --- | --- | --- | --- |\n");
    page.push_str(&rows);
    Ok(page)
}

/// The console's form for one stack. Without a Region the console uses the one that is open.
fn launch(stack: &str, version: &str, base: &Base, zips: &[Zip], region: &str) -> Option<String> {
    let yaml = format!("templates/zero-etl/{stack}.yaml");
    let query = if region.is_empty() {
        String::new()
    } else {
        format!("?region={region}")
    };
    let mut link = format!(
        "https://console.aws.amazon.com/cloudformation/home{query}#/stacks/quickcreate\
         ?templateURL={}&stackName=zeroetl-{stack}",
        encode(&base.url_of(version, &yaml, region)?)
    );
    if let (true, Some(zip)) = (stack == "target", zips.first()) {
        for (name, value) in [
            ("ProviderCodeBucket", base.bucket_in(region)?),
            ("ProviderCodeKey", base.key_of(version, &zip.path)),
            ("ProviderArchitecture", zip.architecture.to_owned()),
        ] {
            let _ = write!(link, "&param_{name}={}", encode(&value));
        }
    }
    Some(link)
}

/// Percent-encoding of everything that is not unreserved.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// The Regions that have the integration type, from the schema of the config file.
fn regions(root: &Path) -> Result<Vec<String>> {
    let path = root.join("templates/zeroetl.schema.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let schema: Value = serde_json::from_str(&text).context("the schema is no JSON")?;
    let regions: Vec<String> = schema["properties"]["region"]["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if regions.is_empty() {
        anyhow::bail!("the schema of the config file lists no Regions");
    }
    Ok(regions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip() -> Zip {
        Zip {
            architecture: "x86_64",
            path: "provider/p-1.2.3.zip".to_owned(),
            sha256: "ab".to_owned(),
        }
    }

    #[test]
    fn a_launch_link_carries_the_template_and_where_the_code_lies() {
        let base: Base = "https://acme-{region}.s3.{region}.amazonaws.com/etl"
            .parse()
            .unwrap();
        let link = launch("target", "1.2.3", &base, &[zip()], "eu-west-1").unwrap();
        assert_eq!(
            link,
            "https://console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate\
             ?templateURL=https%3A%2F%2Facme-eu-west-1.s3.eu-west-1.amazonaws.com%2Fetl%2F1.2.3%2F\
             templates%2Fzero-etl%2Ftarget.yaml&stackName=zeroetl-target\
             &param_ProviderCodeBucket=acme-eu-west-1\
             &param_ProviderCodeKey=etl%2F1.2.3%2Fprovider%2Fp-1.2.3.zip\
             &param_ProviderArchitecture=x86_64"
        );
    }

    #[test]
    fn without_a_bucket_there_is_no_link() {
        let base = Base::of_the_user();
        assert_eq!(launch("source", "1.2.3", &base, &[zip()], ""), None);
    }
}
