"""What xnu-8792 and 8796 changed about policies: who makes them, and what they compare."""

from necp_replay.scenario import InterfaceHandle, PolicySessionHandle, System, policies

REMOTE = "203.0.113.5:443"
EVERYWHERE = [policies.all_interfaces()]


def session_of_a_third_party(system: System) -> None:
    """Root, with every privilege, opens a policy session: as a third party, and as Apple.

    Source: necp_session_open, xnu-8792.41.9.
    """
    daemon = system.add_process(200, "vpnd", uid=0, privileged=True)
    daemon.necp_session_open()
    daemon.update(platform_binary=True)
    daemon.necp_session_open()


def entitlement_as_the_only_condition(system: System) -> None:
    """A policy about an entitlement, without a condition on the application.

    Source: necp_handle_policy_add, necp_kernel_socket_policy_add, xnu-8792.41.9; measured in
    policy_cond_ent_custom_only.
    """
    _, session = _network(system)
    entitled = [policies.entitlement("com.example.right")]
    session.add_policy(order=1, conditions=entitled, result=policies.drop())
    session.apply_all()
    system.add_process(100).match_policy(remote=REMOTE)
    system.add_process(101, entitlements=["com.example.right"]).match_policy(remote=REMOTE)


def right_to_match_by_entitlement(system: System) -> None:
    """A policy about the right to match: a process with the privilege, and one that is entitled.

    Source: necp_task_has_match_entitlement, xnu-8792.41.9.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=[policies.entitlement()], result=policies.drop())
    session.apply_all()
    system.add_process(100, privileged=True).match_policy(remote=REMOTE)
    entitled = system.add_process(101, entitlements=["com.apple.private.necp.match"])
    entitled.match_policy(remote=REMOTE)


def policies_that_trigger_services(system: System) -> None:
    """Policies with each of the results that trigger a service.

    Source: necp_policy_result_is_valid, xnu-8792.41.9; measured in policy_result_trigger.
    """
    _, session = _network(system)
    service = bytes([7]) * 16
    session.register_service(service)
    for order, result in enumerate(
        (
            policies.trigger(service),
            policies.trigger_if_needed(service),
            policies.trigger_scoped(service),
            policies.no_trigger_scoped(service),
        )
    ):
        session.add_policy(order=order + 1, result=result)


def answer_that_the_system_signed(system: System) -> None:
    """A policy about answers of the system's resolver: a client without a tag, and one with any.

    Source: necp_policy_condition_is_valid, xnu-8792.41.9; measured in x8019_cond_signed_result.
    """
    _, session = _network(system)
    signed = [policies.system_signed_result()]
    session.add_policy(order=1, conditions=signed, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.match_policy(remote=REMOTE, resolver_tag=b"\1\2\3")


def domain_without_those_below_it(system: System) -> None:
    """A policy about exactly one domain: that domain, and one below it.

    Source: necp_policy_apply, necp_socket_check_policy, xnu-8792.41.9.
    """
    _, session = _network(system)
    alone = [policies.domain("example.com", exact=True)]
    session.add_policy(order=1, conditions=alone, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    for domain in ("example.com", "www.example.com"):
        app.match_policy(remote=REMOTE, domain=domain)


def traffic_to_the_coprocessor(system: System) -> None:
    """A policy drops everything, and traffic over the link to the system's coprocessor.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9.
    """
    _, session = _network(system)
    link = system.add_interface("en5", 5, functional_type=2, addrs=["fe80::aede:48ff:fe00:1122/64"])
    link.update(family=2, subfamily=6)
    session.add_policy(order=1, conditions=EVERYWHERE, result=policies.drop())
    session.apply_all()
    app = system.add_process(100)
    app.match_policy(remote="[fe80::aede:48ff:fe33:4455]:443", bound_interface="en5")
    app.match_policy(remote=REMOTE)


def services_of_processes_without_a_privilege(system: System) -> None:
    """The sysctl that drops traffic of processes without a privilege: a client and a listener.

    Source: necp_application_find_policy_match_internal, xnu-8792.41.9.
    """
    _, session = _network(system)
    session.add_policy(order=1, conditions=EVERYWHERE, result=policies.skip())
    session.apply_all()
    system.set_sysctl("drop_unentitled_level", 1)
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    app.match_policy(listener=True, local="192.0.2.10:80")


def timer_that_is_pending(system: System) -> None:
    """The update timer is armed twice before it fires, and once after.

    Source: necp_update_all_clients_immediately_if_needed, xnu-8792.41.9.
    """
    system.update_all_clients()
    system.update_all_clients()
    system.fire_timer()
    system.update_all_clients()


def drop_all_without_any_policy(system: System) -> None:
    """Everything is dropped until policies come: what is said of it, and a sysctl for management.

    Source: necp_application_find_policy_match_internal, sysctl_handle_necp_management_level,
    xnu-8796.141.3; measured in drop_all.
    """
    _network(system)
    system.set_sysctl("drop_all_level", 1)
    system.set_sysctl("drop_management_level", 0)
    app = system.add_process(100)
    app.match_policy(remote=REMOTE)
    helper = system.add_process(101, privileged=True)
    helper.match_policy(remote=REMOTE)
    helper.necp_open().add(remote=REMOTE).copy_result()


def _network(system: System) -> tuple[InterfaceHandle, PolicySessionHandle]:
    """One interface with a default route, and a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return wifi, daemon.open_policy_session()
