"""Pending changes of goldens, walked through one by one."""
