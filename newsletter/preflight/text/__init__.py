"""A finished text as blocks: HTML, Markdown and plain text, folded as a reader sees them."""
