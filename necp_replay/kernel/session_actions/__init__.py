"""The actions of ``necp_session_action``, one file for each.

A file has the handler, then the description and the quirks of the action. ``session_call.py`` has
the arguments, and ``table.py`` every action by number. Policies take effect when their session
applies them, which is in ``policy/apply.py``.

Handlers may import every part of the kernel but ``syscalls``, which looks the actions up and calls
them. Start reading at ``policy_delete.py``::

    (policy_id,) = POLICY_ID.unpack(copyin_value(kernel, call, POLICY_ID, _FUNCTION))
    policy = find_policy(session, policy_id)
    if policy is None:
        refuse(kernel, Errno.ENOENT, _FUNCTION)

    mark_for_deletion(kernel, session, policy)
"""
