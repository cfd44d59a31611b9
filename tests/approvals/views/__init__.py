"""Tests of the kernel's pages."""
