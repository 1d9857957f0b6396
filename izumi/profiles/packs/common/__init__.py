"""メタデータの共通項目: the common metadata items of publicly funded research data in Japan."""
