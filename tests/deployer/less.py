"""Policies with one action less."""

import copy


def actions(statement: dict) -> list[str]:
    """The actions of one statement."""
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def without(document: dict, sid: str, action: str) -> dict:
    """The document without one action of one statement."""
    less = copy.deepcopy(document)
    for statement in less["Statement"]:
        if statement["Sid"] == sid:
            kept = [item for item in actions(statement) if item != action]
            assert len(kept) == len(actions(statement)) - 1
            statement["Action"] = kept
    less["Statement"] = [item for item in less["Statement"] if item["Action"]]
    return less


def assert_denied(message: str, action: str) -> None:
    """It failed because of this action and of no other."""
    service, _, name = action.partition(":")
    stem = name.removesuffix("*")
    assert f"{service}:{stem}" in message, message
