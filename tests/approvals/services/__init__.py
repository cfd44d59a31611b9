"""Tests of the kernel's writes."""
