"""Tests of the company's reads."""
