"""Uploaded workbooks: refused or read and checked in a child process with limits."""
