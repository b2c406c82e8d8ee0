"""One local AWS that enforces IAM, for all tests of what a deployer needs."""

import itertools

import pytest
import stage
from stage import Account, Deployment, Server

_numbers = itertools.count(300_000_000_001)


@pytest.fixture(scope="session")
def guarded(tmp_path_factory):
    """The server. A 12-digit key is the account's root, who may do everything."""
    running = Server(tmp_path_factory.mktemp("deployer") / "state", "--auth")
    quick = {"integration_create_seconds": 0.01, "integration_delete_seconds": 0.01}
    running.control("PUT", "settings", quick)
    yield running
    assert running.stop() == 0


@pytest.fixture
def new_root(guarded):
    """Makes the root of an account that nobody has used."""
    return lambda: Account(guarded, str(next(_numbers)))


@pytest.fixture
def deployment(new_root):
    """Makes a deployment of a kind in new accounts, with every option or with none."""

    def make(kind: str, options: bool) -> Deployment:
        owner, lake = new_root(), new_root()
        if kind == "source":
            return stage.source(owner, options)
        if kind == "target":
            return stage.target(lake, owner.id, options)
        for earlier in (stage.source(owner, False), stage.target(lake, owner.id, False)):
            stack = earlier.account.deploy(earlier.stack, earlier.template, **earlier.parameters)
            assert stack["StackStatus"] == "CREATE_COMPLETE"
        return stage.integration(owner, lake.id, options)

    return make
