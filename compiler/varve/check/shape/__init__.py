"""Documents against their schemas: the kinds of documents, the formats of texts, and the wording of diagnostics."""
