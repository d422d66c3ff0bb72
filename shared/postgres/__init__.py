"""PostgreSQL: pools per role, named queries in files, migrations, case time."""
