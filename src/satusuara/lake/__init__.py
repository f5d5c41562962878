"""Tables from files to files, through Ibis: DuckDB by default, Spark when told."""
