"""The law: dated parameters with their articles (*.toml) and plain Python that explains one case."""
