//! The shared local AWS and, for each test, a pair of accounts in it that nobody else uses.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_cloudformation as cloudformation;
use aws_sdk_glue as glue;
use aws_sdk_s3 as s3;
use serde_json::Value;
use zeroetl_tests::{LocalAws, Options, PythonEnv, workspace_root};

use crate::deployer::{Deployers, Keys, Known, Operators};

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const CODE_BUCKET: &str = "zeroetl-code";
pub(crate) const CODE_KEY: &str = "provider-x86_64.zip";

struct Shared {
    server: LocalAws,
    python: PythonEnv,
    zip: PathBuf,
    zeroetl: PathBuf,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let root = workspace_root();
        let zip = root.join("dist/provider-x86_64.zip");
        assert!(
            zip.exists(),
            "`{}` is missing: run `cargo xtask package`",
            zip.display()
        );
        let zeroetl = std::env::var_os("ZEROETL_BIN")
            .map_or_else(|| root.join("target/debug/zeroetl"), PathBuf::from);
        assert!(
            zeroetl.exists(),
            "`{}` is missing: run `cargo build -p zeroetl-codegen`",
            zeroetl.display()
        );
        let python = PythonEnv::ensure(&root).unwrap();
        let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("local-aws");
        let mut options = Options::in_folder(state);
        options.auth = true;
        let server = LocalAws::start(&root, &python, &options).unwrap();
        Shared {
            server,
            python,
            zip,
            zeroetl,
        }
    })
}

/// One test's accounts and the clients for them.
pub(crate) struct Stage {
    shared: &'static Shared,
    operators: Known,
    pub(crate) source: Account,
    pub(crate) target: Account,
}

/// One account and its clients, which are root's: they look, and they break things. Who deploys
/// is a user of `deployer.rs`.
pub(crate) struct Account {
    pub(crate) id: String,
    endpoint: String,
    pub(crate) deployers: Deployers,
    pub(crate) cloudformation: cloudformation::Client,
    pub(crate) glue: glue::Client,
    pub(crate) s3: s3::Client,
}

impl Stage {
    /// Two fresh accounts; the provider's zip lies in a bucket of the target.
    pub(crate) async fn new() -> Self {
        let shared = tokio::task::spawn_blocking(shared).await.unwrap();
        Self::on(shared).await
    }

    /// Two fresh accounts on a server of their own, for faults that concern every call. The server
    /// ends with this process.
    pub(crate) async fn alone() -> Self {
        let start = || {
            let common = shared();
            let root = workspace_root();
            let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("local-aws-alone");
            let mut options = Options::in_folder(state);
            options.auth = true;
            let server = LocalAws::start(&root, &common.python, &options);
            Box::leak(Box::new(Shared {
                server: server.unwrap(),
                python: PythonEnv::ensure(&root).unwrap(),
                zip: common.zip.clone(),
                zeroetl: common.zeroetl.clone(),
            }))
        };
        Self::on(tokio::task::spawn_blocking(start).await.unwrap()).await
    }

    /// Two more accounts on the same server.
    pub(crate) async fn next(&self) -> Self {
        Self::on(self.shared).await
    }

    async fn on(shared: &'static Shared) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let endpoint = shared.server.endpoint();
        let stage = Self {
            shared,
            operators: Known::default(),
            source: Account::new(&format!("1{number:011}"), endpoint),
            target: Account::new(&format!("2{number:011}"), endpoint),
        };
        stage
            .target
            .upload(CODE_KEY, std::fs::read(&shared.zip).unwrap())
            .await;
        stage
    }

    pub(crate) fn endpoint(&self) -> &str {
        self.shared.server.endpoint()
    }

    /// Adds a fault to the local AWS. It concerns all tests, so it has to name an account.
    pub(crate) fn fault(&self, fault: &Value) {
        assert!(fault["account"].is_string(), "{fault}");
        self.control("POST", "/_zeroetl/faults", &fault.to_string());
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &str) {
        let host = self.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let answer = std::io::read_to_string(stream).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    pub(crate) fn zip(&self) -> &PathBuf {
        &self.shared.zip
    }

    /// The AWS CLI as an account.
    pub(crate) fn aws(&self, account: &Account) -> Command {
        self.shared
            .server
            .command_as(&account.id, self.shared.python.path("aws"))
    }

    /// The AWS CLI as a user.
    pub(crate) fn aws_as(&self, account: &Account, keys: &Keys) -> Command {
        let mut command = self.aws(account);
        command
            .env("AWS_ACCESS_KEY_ID", &keys.id)
            .env("AWS_SECRET_ACCESS_KEY", &keys.secret);
        command
    }

    /// The Python that the local AWS runs on.
    pub(crate) fn python(&self) -> Command {
        self.shared.python.command("python")
    }

    /// The `zeroetl` command, in `folder`, with the profiles `source-admin` and `target-admin`:
    /// users who may do what the config there takes.
    pub(crate) fn zeroetl(&self, folder: &std::path::Path) -> Command {
        let [source, target] = self.operators(folder);
        let profiles = [("source-admin", source), ("target-admin", target)];
        let config = profiles.each_ref().map(|(name, _)| {
            format!(
                "[profile {name}]\nregion = {REGION}\nendpoint_url = {}\n",
                self.endpoint()
            )
        });
        let credentials = profiles.map(|(name, keys)| {
            format!(
                "[{name}]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                keys.id, keys.secret
            )
        });
        std::fs::write(folder.join("aws-config"), config.concat()).unwrap();
        std::fs::write(folder.join("aws-credentials"), credentials.concat()).unwrap();
        let mut command = Command::new(&self.shared.zeroetl);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(folder)
            .env("AWS_CONFIG_FILE", folder.join("aws-config"))
            .env(
                "AWS_SHARED_CREDENTIALS_FILE",
                folder.join("aws-credentials"),
            );
        command
    }
}

impl Stage {
    /// The keys with which the command runs in `folder`. Root's where there is no config to read:
    /// then the command comes to no account.
    fn operators(&self, folder: &std::path::Path) -> [Keys; 2] {
        let Some(operators) = Operators::of(folder) else {
            return [self.source.root(), self.target.root()];
        };
        let mut known = self.operators.lock().unwrap();
        let operators = known.0.clone().with(operators);
        if let (true, Some(keys)) = (operators == known.0, &known.1) {
            return keys.clone();
        }
        let (endpoint, source, target) = (self.endpoint(), &self.source.id, &self.target.id);
        // The tests call this where they cannot wait for a future; a thread of its own can.
        let [source, target] = std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let source = Account::new(source, endpoint);
                    let target = Account::new(target, endpoint);
                    [
                        source.user(&operators.source).await,
                        target.user(&operators.target).await,
                    ]
                })
            });
            work.join().unwrap()
        });
        let keys = [
            source.unwrap_or_else(|| self.source.root()),
            target.unwrap_or_else(|| self.target.root()),
        ];
        *known = (operators, Some(keys.clone()));
        keys
    }
}

/// The bucket of an account that a test gives the command.
pub(crate) fn code_bucket(account: &str) -> String {
    format!("{CODE_BUCKET}-{account}")
}

impl Account {
    fn new(id: &str, endpoint: &str) -> Self {
        Self::with(id, endpoint, &Keys::root(id))
    }

    /// The account's own keys.
    pub(crate) fn root(&self) -> Keys {
        Keys::root(&self.id)
    }

    /// The same account, seen by a user of it.
    pub(crate) fn seen_by(&self, keys: &Keys) -> Self {
        Self::with(&self.id, &self.endpoint, keys)
    }

    fn with(id: &str, endpoint: &str, keys: &Keys) -> Self {
        let credentials = s3::config::Credentials::new(&keys.id, &keys.secret, None, None, "tests");
        let region = s3::config::Region::new(REGION);
        let version = s3::config::BehaviorVersion::v2026_01_12();
        let cloudformation = cloudformation::Config::builder()
            .behavior_version(version)
            .region(region.clone())
            .credentials_provider(credentials.clone())
            .endpoint_url(endpoint)
            .build();
        let glue = glue::Config::builder()
            .behavior_version(version)
            .region(region.clone())
            .credentials_provider(credentials.clone())
            .endpoint_url(endpoint)
            .build();
        let s3 = s3::Config::builder()
            .behavior_version(version)
            .region(region)
            .credentials_provider(credentials)
            .endpoint_url(endpoint)
            .force_path_style(true)
            .build();
        Self {
            id: id.to_owned(),
            endpoint: endpoint.to_owned(),
            deployers: Deployers::default(),
            cloudformation: cloudformation::Client::from_conf(cloudformation),
            glue: glue::Client::from_conf(glue),
            s3: s3::Client::from_conf(s3),
        }
    }

    /// Bucket names are global: the account's id makes this one free.
    pub(crate) fn code_bucket(&self) -> String {
        code_bucket(&self.id)
    }

    pub(crate) async fn upload(&self, key: &str, bytes: Vec<u8>) {
        let _ = self
            .s3
            .create_bucket()
            .bucket(self.code_bucket())
            .send()
            .await;
        self.s3
            .put_object()
            .bucket(self.code_bucket())
            .key(key)
            .body(bytes.into())
            .send()
            .await
            .unwrap();
    }

    /// The catalog policy, or `None` where there is none.
    pub(crate) async fn policy(&self) -> Option<Value> {
        match self.glue.get_resource_policy().send().await {
            Ok(reply) => reply
                .policy_in_json()
                .map(|text| serde_json::from_str(text).unwrap()),
            Err(error) => {
                let error = error.into_service_error();
                assert!(error.is_entity_not_found_exception(), "{error:?}");
                None
            }
        }
    }

    pub(crate) async fn put_policy(&self, document: &Value) {
        self.glue
            .put_resource_policy()
            .policy_in_json(document.to_string())
            .send()
            .await
            .unwrap();
    }

    /// The target side of the table properties of one pair, or `None`.
    pub(crate) async fn table_properties(
        &self,
        database: &str,
        table: &str,
    ) -> Option<glue::types::TargetTableConfig> {
        let reply = self
            .glue
            .get_integration_table_properties()
            .resource_arn(self.database_arn(database))
            .table_name(table)
            .send()
            .await;
        match reply {
            Ok(reply) => Some(reply.target_table_config.expect("a target configuration")),
            Err(error) => {
                let error = error.into_service_error();
                assert!(
                    error.is_entity_not_found_exception()
                        || error.is_resource_not_found_exception(),
                    "{error:?}"
                );
                None
            }
        }
    }

    pub(crate) fn database_arn(&self, database: &str) -> String {
        format!("arn:aws:glue:{REGION}:{}:database/{database}", self.id)
    }
}
