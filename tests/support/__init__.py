"""What tests share: the stack, migrated databases, a service run in the test's own process."""
