"""Function processes of one account only. ministack's CloudFormation, when it makes or updates a
function, ends the running processes of every function of that name, whichever account it is in;
stacks with the same name in two accounts have functions with the same name, and an invocation
that was under way would be lost."""

from ministack.services import lambda_svc


def install() -> None:
    theirs = lambda_svc.invalidate_worker

    def invalidate_worker(func_name, qualifier=None, account=None, region=None):
        return theirs(
            func_name,
            qualifier=qualifier,
            account=account or lambda_svc.get_account_id(),
            region=region or lambda_svc.get_region(),
        )

    lambda_svc.invalidate_worker = invalidate_worker
