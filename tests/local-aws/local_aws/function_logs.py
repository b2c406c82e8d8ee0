"""Logs of `provided.*` functions, where Lambda puts them and only if the role allows it.

ministack writes each invocation to a stream of a made-up name, and makes any group it misses. A
custom resource names its stream in its Reason, so here the function is told the name under which
its logs are found. And a log group that the stack deleted must not come back because of a late
line: on AWS that takes `logs:CreateLogGroup`.
"""

import hashlib
import time

from ministack.services import cloudwatch_logs, lambda_svc

from local_aws import world
from local_aws.iam import evaluate


def install() -> None:
    """Take over what ministack does for these runtimes; others stay as they are."""
    their_environment = lambda_svc._provided_worker_env
    their_emit = lambda_svc._emit_lambda_logs

    def environment(config, code_dir, port):
        found = their_environment(config, code_dir, port)
        found["AWS_LAMBDA_LOG_GROUP_NAME"] = _group_name(config)
        found["AWS_LAMBDA_LOG_STREAM_NAME"] = _stream_name(config)
        return found

    def emit(func, request_id, log_text, error, duration_ms, **more):
        config = func.get("config") or func
        if str(config.get("Runtime", "")).startswith("provided"):
            _write(config, request_id, log_text, duration_ms)
        else:
            their_emit(func, request_id, log_text, error, duration_ms, **more)

    lambda_svc._provided_worker_env = environment
    lambda_svc._emit_lambda_logs = emit


def _write(config: dict, request_id: str, text: str, duration_ms: int) -> None:
    group_name, stream_name = _group_name(config), _stream_name(config)
    role = world.role(config.get("Role") or ":::::")
    if not _allowed(role, config, stream_name):
        return
    now = int(time.time() * 1000)
    group = cloudwatch_logs._log_groups.get(group_name)
    if group is None:
        group = cloudwatch_logs._log_groups[group_name] = {
            "arn": cloudwatch_logs._make_group_arn(group_name),
            "creationTime": now,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    stream = group["streams"].setdefault(
        stream_name,
        {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        },
    )
    lines = [
        f"START RequestId: {request_id} Version: $LATEST",
        *(text or "").splitlines(),
        f"END RequestId: {request_id}",
        f"REPORT RequestId: {request_id}\tDuration: {duration_ms} ms",
    ]
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
    cloudwatch_logs._append_log_events(stream, events)


def _allowed(role: world.Role | None, config: dict, stream: str) -> bool:
    group = _group_name(config)
    if role is None:
        # Made up by a test, or deleted with its stack a moment ago. Then the group is gone too.
        return group in cloudwatch_logs._log_groups or group == _default_group(config)
    region, account = lambda_svc.get_region(), lambda_svc.get_account_id()
    arn = f"arn:aws:logs:{region}:{account}:log-group:{group}"
    wanted = [
        evaluate.Request("logs:CreateLogStream", f"{arn}:log-stream:{stream}"),
        evaluate.Request("logs:PutLogEvents", f"{arn}:log-stream:{stream}"),
    ]
    if group not in cloudwatch_logs._log_groups:
        wanted.append(evaluate.Request("logs:CreateLogGroup", arn))
    return all(
        evaluate.decide_sides(role.sides, request) is evaluate.Decision.ALLOWED
        for request in wanted
    )


def _group_name(config: dict) -> str:
    return (config.get("LoggingConfig") or {}).get("LogGroup") or _default_group(config)


def _default_group(config: dict) -> str:
    return f"/aws/lambda/{config.get('FunctionName', 'unknown')}"


def _stream_name(config: dict) -> str:
    """One stream per version of the code, named as Lambda names them."""
    identity = f"{config.get('FunctionArn')} {config.get('RevisionId')}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    day = time.strftime("%Y/%m/%d", time.gmtime())
    return f"{day}/[{config.get('Version', '$LATEST')}]{digest}"
