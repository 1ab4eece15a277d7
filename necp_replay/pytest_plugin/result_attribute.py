"""The name of the attribute of a test, and of its report, that holds the test's `TraceResult`."""

RESULT = "necp_result"
