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
        parameters["SourceKmsKeyArn"] = key(root)
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
        "PermissionsBoundaryArn": boundary(root),
    }
    deployment = Deployment("target", root, parameters, {**parameters, **changed})
    deployment.next_template = copy.deepcopy(deployment.template)
    resources = deployment.next_template["Resources"]
    # A later version may change any property; these are the only ones that no parameter reaches.
    resources["Database"]["Properties"]["DatabaseInput"]["Description"] = "The lakehouse."
    resources["LakeLocation"]["Properties"]["HybridAccessEnabled"] = True
    resources["ProviderInvokeConfig"]["Properties"]["MaximumRetryAttempts"] = 1
    return deployment


def boundary(root: Account, name: str = "boundary") -> str:
    """A policy that bounds nothing."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    return root.iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]


def integration(root: Account, target_account: str, with_key: bool) -> Deployment:
    """The integration stack."""
    parameters = {
        "TargetAccountId": target_account,
        "DatabaseName": DATABASE,
        "IntegrationName": "orders",
    }
    if with_key:
        parameters["IntegrationKmsKeyId"] = key(root)
    deployment = Deployment("integration", root, parameters, dict(parameters))
    deployment.next_template = copy.deepcopy(deployment.template)
    properties = deployment.next_template["Resources"]["Integration"]["Properties"]
    properties["Description"] = "Orders."
    return deployment


def key(root: Account) -> str:
    """A customer key of the account that Glue may use."""
    return root.kms.create_key(Policy=json.dumps(_key_policy(root.id)))["KeyMetadata"]["Arn"]


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


def policy_of(deployment: Deployment, former: dict[str, str] | None = None) -> dict:
    """All that the administrator's template allows for a deployment, as one document. `former` is
    what only the policy is told of an earlier version."""
    made = template("zero-etl/deployer", deployment.kind)
    known = {**deployment.parameters, **(former or {})}
    known["IntegrationKmsKeyArn"] = known.get("IntegrationKmsKeyId", "")
    given = {name: known[name] for name in made["Parameters"] if name in known}
    root = deployment.account
    name = f"deployer-{deployment.kind}"
    try:
        stack = root.deploy(name, made, **given)
    except root.cloudformation.exceptions.ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
        stack = root.describe(name)
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), root.events(name)
    arns = [output["OutputValue"] for output in stack["Outputs"]]
    statements = [item for arn in arns for item in _document(root, arn)["Statement"]]
    return {"Version": "2012-10-17", "Statement": statements}


def _document(root: Account, arn: str) -> dict:
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
