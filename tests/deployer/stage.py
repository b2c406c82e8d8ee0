"""Who deploys what: the three stacks, an administrator, and a user who may do no more than a policy
says. The server and its accounts are those of the local AWS's own tests."""

import copy
import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL_AWS = ROOT / "tests/local-aws"


def _harness():
    name = "local_aws_harness"
    spec = importlib.util.spec_from_file_location(name, LOCAL_AWS / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_HARNESS = _harness()
Server, Account, REGION = _HARNESS.Server, _HARNESS.Account, _HARNESS.REGION
DATABASE = "orders_lakehouse"
ZIP = ROOT / "dist/provider-x86_64.zip"
KINDS = ("source", "target", "integration")


def template(folder: str, kind: str) -> dict:
    """A committed template."""
    return json.loads((ROOT / f"templates/{folder}/{kind}.json").read_text(encoding="utf-8"))


@dataclass
class Deployment:
    """One stack with its parameters, and the next version of both."""

    kind: str
    account: Account
    parameters: dict[str, str]
    next_parameters: dict[str, str]
    next_template: dict = field(default_factory=dict)
    # The name that the guide proposes; launched products have names of their own.
    stack: str = ""

    def __post_init__(self):
        self.stack = self.stack or f"zeroetl-{self.kind}"

    @property
    def template(self) -> dict:
        """The committed template."""
        return template("zero-etl", self.kind)


def source(root: Account, with_key: bool) -> Deployment:
    """The source stack with every option, or with none."""
    parameters = {}
    if with_key:
        key = root.kms.create_key(Policy=json.dumps(_key_policy(root.id)))["KeyMetadata"]
        parameters["SourceKmsKeyArn"] = key["Arn"]
    deployment = Deployment(
        "source", root, parameters, {**parameters, "RecoveryPeriodInDays": "34"}
    )
    deployment.next_template = deployment.template
    return deployment


def target(root: Account, source_account: str, managed: bool, bucket: str = "") -> Deployment:
    """The target stack, governed by Lake Formation or not."""
    assert ZIP.exists(), f"`{ZIP.relative_to(ROOT)}` is missing: run `cargo xtask package`"
    code = f"code-{root.id}"
    root.s3.create_bucket(Bucket=code)
    root.s3.put_object(Bucket=code, Key="zeroetl/1/provider.zip", Body=ZIP.read_bytes())
    root.s3.put_object(Bucket=code, Key="zeroetl/2/provider.zip", Body=ZIP.read_bytes())
    parameters = {
        "SourceAccountId": source_account,
        "DatabaseName": DATABASE,
        "BucketName": bucket,
        "LakeFormationManaged": "Yes" if managed else "No",
        "ProviderCodeBucket": code,
        "ProviderCodeKey": "zeroetl/1/provider.zip",
    }
    changed = {
        "ProviderCodeKey": "zeroetl/2/provider.zip",
        "LogRetentionInDays": "60",
        "TargetTableName": "orders",
    }
    deployment = Deployment("target", root, parameters, {**parameters, **changed})
    deployment.next_template = copy.deepcopy(deployment.template)
    resources = deployment.next_template["Resources"]
    # A later version may change any property; these are the only ones that no parameter reaches.
    resources["Database"]["Properties"]["DatabaseInput"]["Description"] = "The lakehouse."
    resources["LakeLocation"]["Properties"]["HybridAccessEnabled"] = True
    return deployment


def integration(root: Account, target_account: str, with_key: bool) -> Deployment:
    """The integration stack."""
    parameters = {
        "TargetAccountId": target_account,
        "DatabaseName": DATABASE,
        "IntegrationName": "orders",
    }
    if with_key:
        key = root.kms.create_key(Policy=json.dumps(_key_policy(root.id)))["KeyMetadata"]
        parameters["IntegrationKmsKeyId"] = key["Arn"]
    deployment = Deployment("integration", root, parameters, dict(parameters))
    deployment.next_template = copy.deepcopy(deployment.template)
    properties = deployment.next_template["Resources"]["Integration"]["Properties"]
    properties["Description"] = "Orders."
    return deployment


def _key_policy(account: str) -> dict:
    actions = ["kms:Decrypt", "kms:DescribeKey"]
    glue = {"Service": "glue.amazonaws.com"}
    own = {"AWS": f"arn:aws:iam::{account}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": own, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": glue, "Action": actions, "Resource": "*"},
        ],
    }


def policy_of(deployment: Deployment) -> dict:
    """The document that the administrator's template makes for a deployment."""
    made = template("zero-etl/deployer", deployment.kind)
    given = {
        name: deployment.parameters[name]
        for name in made["Parameters"]
        if name in deployment.parameters
    }
    root = deployment.account
    stack = root.deploy(f"deployer-{deployment.kind}", made, **given)
    assert stack["StackStatus"] == "CREATE_COMPLETE", root.events(f"deployer-{deployment.kind}")
    arn = stack["Outputs"][0]["OutputValue"]
    version = root.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = root.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document = found["PolicyVersion"]["Document"]
    return json.loads(document) if isinstance(document, str) else document


def launch_role_of(deployment: Deployment) -> dict:
    """The document of the product's launch role, for tables, databases and code of any name."""
    made = template("service-catalog", f"launch-role-{deployment.kind}")
    given = {"ReleaseBucket": deployment.parameters.get("ProviderCodeBucket")}
    given["TargetAccountId"] = deployment.parameters.get("TargetAccountId")
    root = deployment.account
    root.cloudformation.create_stack(
        StackName="launch-role",
        TemplateBody=json.dumps(made),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": given[name]}
            for name in made["Parameters"]
            if given.get(name)
        ],
    )
    assert root.wait("launch-role")["StackStatus"] == "CREATE_COMPLETE", root.events("launch-role")
    role = f"zeroetl-launch-{deployment.kind}"
    found = root.iam.get_role_policy(RoleName=role, PolicyName="Launch")["PolicyDocument"]
    return json.loads(found) if isinstance(found, str) else found


def launched(deployment: Deployment) -> Deployment:
    """The same deployment as Service Catalog names it."""
    deployment.stack = f"SC-{deployment.account.id}-pp-abcdefghijklm"
    return deployment


def user(root: Account, name: str, document: dict) -> Account:
    """A user who may do what the document says, and nothing else."""
    root.iam.create_user(UserName=name)
    root.iam.put_user_policy(
        UserName=name, PolicyName="deploys", PolicyDocument=json.dumps(document)
    )
    key = root.iam.create_access_key(UserName=name)["AccessKey"]
    return Account(
        root.server,
        root.id,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
