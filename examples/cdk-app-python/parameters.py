from dataclasses import dataclass

from aws_cdk import Duration, Environment
from aws_cdk.aws_dynamodb import Attribute, AttributeType
from zeroetl_cdk import ReplicatedTable, UnnestSpec


@dataclass(frozen=True)
class Parameters:
    project_name: str
    env_name: str
    source_env: Environment
    target_env: Environment
    database_name: str
    tables: list[ReplicatedTable]
    refresh_interval: Duration


ORDERS = ReplicatedTable(
    table_name="Orders",
    partition_key=Attribute(name="PK", type=AttributeType.STRING),
    sort_key=Attribute(name="SK", type=AttributeType.STRING),
    unnest_spec=UnnestSpec.TOPLEVEL,
    target_table_name="orders",
)

PARAMETERS = Parameters(
    project_name="orders-lakehouse",
    env_name="dev",
    source_env=Environment(account="111111111111", region="us-east-1"),  # owner of the DynamoDB table
    target_env=Environment(account="222222222222", region="us-east-1"),  # owner of the lakehouse
    database_name="orders_lakehouse_dev",
    tables=[ORDERS],
    refresh_interval=Duration.minutes(15),
)
