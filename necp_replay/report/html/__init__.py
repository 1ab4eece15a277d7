"""The report of a run as one page that opens from disk: contents, and what they are put into."""
