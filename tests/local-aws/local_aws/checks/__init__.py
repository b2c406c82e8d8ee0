"""What AWS checks about an integration, on the documents that the stacks really made."""
