"""The demo company 掌柜优选: an invented seller with two months of business, made from a seed through the services of every app.

`planning` and what it stands on are pure: the same seed gives the same figures whenever it runs. `story` plays a plan against the
database.
"""
