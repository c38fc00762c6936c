"""Papers: one Typst template each, filled with plain rows and made into a PDF. The same rows are the same bytes."""
