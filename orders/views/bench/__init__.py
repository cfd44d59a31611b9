"""Screens of the warehouse.

It works for every shop, so its rows are not narrowed to a person's shops; personal data is left out instead.
"""
