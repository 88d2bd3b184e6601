"""The object store of an installation."""
