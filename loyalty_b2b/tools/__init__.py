"""Arithmetic without the ORM: plain values in, plain values out.

Standard library only, so that property tests, benchmarks and the rehearsal can use
it without a database. Nothing here may import odoo.
"""
