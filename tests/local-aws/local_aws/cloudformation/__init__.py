"""CloudFormation as the templates need it: types and behaviour that ministack lacks."""
