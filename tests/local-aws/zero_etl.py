"""Three stacks like the project's, small, and with the two custom resources left to API calls.

The project's own templates are tested on this local AWS elsewhere; here the subject is the local
AWS itself, so it has templates of its own.
"""

import json

TABLE = "Orders"
DATABASE = "lake"
REGION = "us-east-1"
TABLE_ACTIONS = [
    "dynamodb:DescribeTable",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:DescribeExport",
]
ROLE_TABLE_ACTIONS = [
    "glue:CreateTable",
    "glue:GetTable",
    "glue:GetTables",
    "glue:UpdateTable",
    "glue:DeleteTable",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:GetResourcePolicy",
]


def table_arn(account: str, table: str = TABLE) -> str:
    """The source."""
    return f"arn:aws:dynamodb:{REGION}:{account}:table/{table}"


def database_arn(account: str, database: str = DATABASE) -> str:
    """The target."""
    return f"arn:aws:glue:{REGION}:{account}:database/{database}"


def source_stack(source: str, table: str = TABLE) -> dict:
    """The table with recovery and policy."""
    statement = {
        "Sid": "Export",
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": list(TABLE_ACTIONS),
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": source},
            "ArnLike": {"aws:SourceArn": f"arn:aws:glue:{REGION}:{source}:integration:*"},
        },
    }
    replica = {
        "Region": {"Ref": "AWS::Region"},
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        },
        "ResourcePolicy": {
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }
    properties = {
        "TableName": table,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "Replicas": [replica],
    }
    return {
        "Resources": {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": properties}}
    }


def target_stack(target: str, database: str = DATABASE) -> dict:
    """Bucket, database, role and resource property."""
    catalog = f"arn:aws:glue:{REGION}:{target}:catalog"
    table = f"arn:aws:glue:{REGION}:{target}:table/{database}/*"
    statements = [
        allow("List", ["s3:ListBucket"], {"Fn::GetAtt": ["Bucket", "Arn"]}),
        allow(
            "Data",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            {"Fn::Sub": "${Bucket.Arn}/lake/*"},
        ),
        allow("Database", ["glue:GetDatabase"], [catalog, database_arn(target, database)]),
        allow("Tables", ROLE_TABLE_ACTIONS, [catalog, database_arn(target, database), table]),
        {
            **allow("Metrics", ["cloudwatch:PutMetricData"], "*"),
            "Condition": {"StringEquals": {"cloudwatch:namespace": "AWS/Glue/ZeroETL"}},
        },
        allow(
            "Logs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            f"arn:aws:logs:{REGION}:{target}:log-group:/aws-glue/zeroETL-integrations/*",
        ),
    ]
    return {
        "Resources": {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketEncryption": {
                        "ServerSideEncryptionConfiguration": [
                            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                        ]
                    }
                },
            },
            "BucketPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": {"Ref": "Bucket"},
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Deny",
                                "Principal": "*",
                                "Action": "s3:*",
                                "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        ],
                    },
                },
            },
            "Database": {
                "Type": "AWS::Glue::Database",
                "Properties": {
                    "CatalogId": {"Ref": "AWS::AccountId"},
                    "DatabaseName": database,
                    "DatabaseInput": {"LocationUri": {"Fn::Sub": "s3://${Bucket}/lake/"}},
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"Service": "glue.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                            }
                        ],
                    },
                    "Policies": [
                        {
                            "PolicyName": "ZeroEtl",
                            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                        }
                    ],
                },
            },
            "ResourceProperty": {
                "Type": "AWS::Glue::IntegrationResourceProperty",
                "DependsOn": "Database",
                "Properties": {
                    "ResourceArn": database_arn(target, database),
                    "TargetProcessingProperties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
                },
            },
        },
        "Outputs": {
            "BucketName": {"Value": {"Ref": "Bucket"}},
            "RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
    }


def integration_stack(source: str, target: str, name: str = "orders", **more: object) -> dict:
    """The integration."""
    properties = {
        "IntegrationName": name,
        "SourceArn": table_arn(source),
        "TargetArn": database_arn(target),
        "IntegrationConfig": {"RefreshInterval": "15"},
        **more,
    }
    return {
        "Resources": {
            "Integration": {"Type": "AWS::Glue::Integration", "Properties": properties}
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Integration", "IntegrationArn"]}}},
    }


def catalog_policy(source: str, target: str, table: str = TABLE) -> dict:
    """Who may integrate into the target's catalog."""
    resources = [f"arn:aws:glue:{REGION}:{target}:catalog", database_arn(target)]
    condition = {"StringEquals": {"aws:SourceArn": table_arn(source, table)}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                **allow("Create", "glue:CreateInboundIntegration", list(resources)),
                "Principal": {"AWS": f"arn:aws:iam::{source}:root"},
                "Condition": condition,
            },
            {
                **allow("Authorize", "glue:AuthorizeInboundIntegration", list(resources)),
                "Principal": {"Service": "glue.amazonaws.com"},
                "Condition": condition,
            },
        ],
    }


def allow(sid: str, action: object, resource: object) -> dict:
    """One Allow statement."""
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}


def role_statement(template: dict, sid: str) -> dict:
    """A statement of the target role, to take something out of it."""
    policy = template["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
    return next(item for item in policy["Statement"] if item["Sid"] == sid)


class World:
    """Everything an integration needs, to be changed before it is deployed."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.source_stack = source_stack(source.id)
        self.target_stack = target_stack(target.id)
        self.policy = catalog_policy(source.id, target.id)
        self.properties = {"UnnestSpec": "TOPLEVEL", "TargetTableName": "orders"}
        self.integration_stack = integration_stack(source.id, target.id)

    @property
    def replica(self) -> dict:
        """The table's replica."""
        return self.source_stack["Resources"]["Table"]["Properties"]["Replicas"][0]

    def resource(self, name: str) -> dict:
        """Properties of a resource of the target stack."""
        return self.target_stack["Resources"][name]["Properties"]

    def prepare(self) -> "World":
        """Everything but the integration."""
        stack = self.source.deploy("source", self.source_stack)
        assert stack["StackStatus"] == "CREATE_COMPLETE", self.source.failure("source")
        stack = self.target.deploy("target", self.target_stack)
        assert stack["StackStatus"] == "CREATE_COMPLETE", self.target.failure("target")
        if self.policy:
            self.target.glue.put_resource_policy(PolicyInJson=json.dumps(self.policy))
        if self.properties:
            self.target.glue.create_integration_table_properties(
                ResourceArn=database_arn(self.target.id),
                TableName=TABLE,
                TargetTableConfig=self.properties,
            )
        return self

    def integrate(self) -> dict:
        """Deploy the integration; the stack as it ends."""
        return self.source.deploy("integration", self.integration_stack)
