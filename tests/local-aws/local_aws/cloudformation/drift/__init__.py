"""Drift: what CloudFormation sees when it looks at the resources of a stack."""
