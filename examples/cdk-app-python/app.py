#!/usr/bin/env python3
import aws_cdk as cdk
from zeroetl_cdk import IntegrationStack, SourceStack, TargetStack

from parameters import PARAMETERS as p

prefix = f"{p.project_name}-{p.env_name}"
app = cdk.App()

source = SourceStack(app, f"{prefix}-source", env=p.source_env, tables=p.tables)

target = TargetStack(
    app,
    f"{prefix}-target",
    env=p.target_env,
    source_account=p.source_env.account,
    database_name=p.database_name,
    tables=p.tables,
)

integration = IntegrationStack(
    app,
    f"{prefix}-integration",
    env=p.source_env,  # the integration lives in the account of the table
    target_account=p.target_env.account,
    database_name=p.database_name,
    tables=p.tables,
    integration_name_prefix=prefix,
    refresh_interval=p.refresh_interval,
)
integration.node.add_dependency(source, target)

app.synth()
