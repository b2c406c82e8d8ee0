"""The portfolio's resources as calls of the Service Catalog API: moto takes those that it knows, and
all of them fit the API's own model."""

import json
import re
from pathlib import Path

import boto3
import pytest
from botocore.validate import validate_parameters
from moto import mock_aws
from resolve import Deployment

ROOT = Path(__file__).resolve().parents[2]
TYPE = "AWS::ServiceCatalog::"
PARAMETERS = {
    "ReleaseBucket": "releases",
    "ProviderCodeKeys": "zeroetl/1/provider/a.zip,zeroetl/1/provider/b.zip",
    "SupportEmail": "data@example.com",
    "SourceAccountId": "111111111111",
    "TargetAccountId": "222222222222",
    "NotificationTopicArn": "arn:aws:sns:us-east-1:999999999999:launches",
    "EndUserRole": "DataEngineer*",
    "RequireCustomerKeys": "Yes",
}


@pytest.fixture
def catalog():
    """Service Catalog, empty."""
    with mock_aws():
        yield boto3.client(
            "servicecatalog",
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )


@pytest.fixture
def portfolio() -> Deployment:
    """The portfolio with every option."""
    path = ROOT / "templates/service-catalog/portfolio.json"
    return Deployment(json.loads(path.read_text(encoding="utf-8")), **PARAMETERS)


def requests(portfolio: Deployment) -> list[tuple[str, dict]]:
    """One call of the API per resource, as CloudFormation makes it."""
    made = []
    for properties in portfolio.resources(f"{TYPE}Portfolio").values():
        made.append(("CreatePortfolio", properties))
    for properties in portfolio.resources(f"{TYPE}CloudFormationProduct").values():
        made += product(properties)
    for properties in portfolio.resources(f"{TYPE}PortfolioProductAssociation").values():
        made.append(("AssociateProductWithPortfolio", properties))
    for kind, own in (
        ("LaunchRole", lambda it: {"LocalRoleName": it["LocalRoleName"]}),
        ("LaunchNotification", lambda it: {"NotificationArns": it["NotificationArns"]}),
        ("LaunchTemplate", lambda it: {"Rules": json.loads(it["Rules"])}),
        (
            "ResourceUpdate",
            lambda it: {
                "Version": "2.0",
                "Properties": {
                    "TagUpdateOnProvisionedProduct": it["TagUpdateOnProvisionedProduct"]
                },
            },
        ),
    ):
        names = {
            "LaunchRole": "LAUNCH",
            "LaunchNotification": "NOTIFICATION",
            "LaunchTemplate": "TEMPLATE",
            "ResourceUpdate": "RESOURCE_UPDATE",
        }
        for properties in portfolio.resources(f"{TYPE}{kind}Constraint").values():
            made.append(("CreateConstraint", constraint(names[kind], own, properties)))
    for properties in portfolio.resources(f"{TYPE}TagOption").values():
        made.append(("CreateTagOption", {key: properties[key] for key in ("Key", "Value")}))
    for properties in portfolio.resources(f"{TYPE}TagOptionAssociation").values():
        made.append(("AssociateTagOptionWithResource", properties))
    for properties in portfolio.resources(f"{TYPE}PortfolioPrincipalAssociation").values():
        made.append(("AssociatePrincipalWithPortfolio", properties))
    for properties in portfolio.resources(f"{TYPE}PortfolioShare").values():
        made.append(("CreatePortfolioShare", properties))
    return made


def product(properties: dict) -> list[tuple[str, dict]]:
    """A product and its further versions."""
    first, *others = properties["ProvisioningArtifactParameters"]
    own = ("Name", "Owner", "Description", "Distributor", "SupportDescription", "SupportEmail")
    request = {key: properties[key] for key in own if key in properties}
    request |= {"ProductType": "CLOUD_FORMATION_TEMPLATE", "ProvisioningArtifactParameters": first}
    further = [
        ("CreateProvisioningArtifact", {"ProductId": "prod-1", "Parameters": item})
        for item in others
    ]
    return [("CreateProduct", request), *further]


def constraint(kind: str, own, properties: dict) -> dict:
    """A constraint; what it says is text in JSON."""
    return {
        "PortfolioId": properties["PortfolioId"],
        "ProductId": properties["ProductId"],
        "Type": kind,
        "Description": properties["Description"],
        "Parameters": json.dumps(own(properties)),
    }


def with_ids(request: dict) -> dict:
    """The request with tokens, and with ids in place of references."""
    text = re.sub(r"<(Portfolio)>", "port-abcdefghijklm", json.dumps(request))
    text = re.sub(r"<\w+Product>", "prod-abcdefghijklm", text)
    return json.loads(re.sub(r"<\w+Tag>", "tag-abcdefghijklm", text))


def test_every_resource_is_a_call(portfolio):
    path = ROOT / "templates/service-catalog/portfolio.json"
    resources = json.loads(path.read_text(encoding="utf-8"))["Resources"]
    assert len(requests(portfolio)) == len(resources)


def test_every_call_fits_the_model_of_the_api(catalog, portfolio):
    for operation, request in requests(portfolio):
        shape = catalog.meta.service_model.operation_model(operation).input_shape
        request = with_ids(request)
        if "IdempotencyToken" in shape.required_members:
            request["IdempotencyToken"] = "token"
        validate_parameters(request, shape)


def test_moto_takes_portfolio_products_and_shares(catalog, portfolio):
    taken = dict.fromkeys(("CreatePortfolio", "CreateProduct", "CreatePortfolioShare"), 0)
    portfolio_id = None
    for operation, request in requests(portfolio):
        if operation not in taken:
            continue
        taken[operation] += 1
        if operation == "CreatePortfolioShare":
            request = {**request, "PortfolioId": portfolio_id}
            catalog.create_portfolio_share(**request)
        elif operation == "CreatePortfolio":
            made = catalog.create_portfolio(IdempotencyToken="1", **request)
            portfolio_id = made["PortfolioDetail"]["Id"]
        else:
            made = catalog.create_product(IdempotencyToken=request["Name"], **request)
            summary = made["ProductViewDetail"]["ProductViewSummary"]
            # moto keeps no artifacts.
            found = catalog.describe_product(Id=summary["ProductId"])["ProductViewSummary"]
            for key in ("Name", "Owner", "Distributor", "SupportEmail", "SupportDescription"):
                assert found[key] == request[key]
    assert taken == {"CreatePortfolio": 1, "CreateProduct": 3, "CreatePortfolioShare": 2}
    shared = catalog.list_portfolio_access(PortfolioId=portfolio_id)["AccountIds"]
    assert sorted(shared) == ["111111111111", "222222222222"]


def test_a_rule_names_its_parameters_and_says_what_to_do(portfolio):
    for name, properties in portfolio.resources(f"{TYPE}LaunchTemplateConstraint").items():
        rules = json.loads(properties["Rules"])
        assert list(rules) == [name]
        for assertion in rules[name]["Assertions"]:
            assert "; " in assertion["AssertDescription"], name
