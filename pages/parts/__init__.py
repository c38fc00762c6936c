"""Pieces that pages share: the door, headings, filters, tables, charts, wording."""
