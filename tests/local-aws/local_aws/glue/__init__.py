"""The Glue calls that ministack lacks: catalog policy, table properties, integrations."""
