"""Policies: the database that policy sessions fill, and the evaluation of parameters against it.

The package does two things.

Filling the database. A process opens a policy session (``sessions.py``), adds policies to it
(``validate.py``, ``policy_tlvs.py``) and applies them (``apply.py``). Applying turns each policy
into kernel policies: ``apply_conditions.py`` and ``apply_results.py`` have one row for each kind of
condition and result. ``rebuild_arrays.py`` then leaves out those that can never decide anything
(``unnecessary.py``).

Evaluating parameters. ``evaluate_parameters.py`` is the place to start reading. It reads the
parameters (``parameter_reading.py``), decides for whom it evaluates (``delegation.py``), finds the
policies that match (``match.py``), and looks up the route that the traffic would take
(``traffic_route.py``), which route rules may deny (``route_rules.py``).

To add a kind of condition, give it a number in ``abi/policy.py``, a field in
``objects/kernel_policy.py``, a predicate, and a row in each of the tables of ``validate.py``,
``apply_conditions.py``, ``kernel_policies.py``, ``conditions.py``, ``unnecessary.py`` and
``dump.py``.

The package imports ``abi`` and ``events``, the state and the objects, and from other parts of the
kernel what it asks them: agents, interfaces, routes, privileges and the update timer. Flows,
results, session actions and ``necp_match_policy`` import it, never the reverse.

Docstrings mark a quirk of the kernel and say where it was measured: the name of a trace in
``traces/measured``, or that no trace shows it, so that it is known from the source alone.

    >>> from necp_replay.kernel.policy.conditions import failing_condition
    >>> from necp_replay.kernel.objects.kernel_policy import KernelSocketPolicy
    >>> from necp_replay.kernel.objects.process import Process
    >>> from necp_replay.kernel.objects.socket_info import SocketInfo
    >>> info = SocketInfo(Process(100, "app", 501, bytes(16), False, 256, False, ()))
    >>> policy = KernelSocketPolicy(condition_mask=0x4000)  # PID
    >>> policy.cond_pid = 200
    >>> failing_condition(policy, info)
    'pid'
"""
