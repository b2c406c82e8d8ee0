"""A small IAM policy evaluator, enough for the documents that the stacks make."""
