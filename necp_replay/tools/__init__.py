"""Work on trace files as such: select records, tell about a trace, convert it."""
