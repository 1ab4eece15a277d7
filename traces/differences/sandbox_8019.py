"""What xnu-8019 asks the sandbox of a process."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import System, sandbox

REMOTE = "203.0.113.5:443"


def sandboxed_calls(system: System) -> None:
    """A sandbox denies opening an fd, allows some actions, and denies a privilege to root.

    Source: mac_necp_check_open, mac_necp_check_client_action, xnu-8019.41.5; priv_check_cred,
    xnu-4570.51.1.
    """
    app = system.add_process(100, sandbox=sandbox(denies_open=True))
    app.necp_open(OpenFlag.OBSERVER)
    app.update(sandbox=sandbox())
    fd = app.necp_open()
    client = fd.add(remote=REMOTE)
    app.update(sandbox=sandbox(allowed_actions=[ClientAction.ADD, ClientAction.COPY_RESULT]))
    client.copy_result()
    # An fd that is not open is looked for first, and an unknown action is refused by the sandbox.
    app.on_fd(9).add(remote=REMOTE)
    fd.action(99, client.client_id)
    client.remove()
    denying = sandbox(denied_privileges=["PRIV_NET_PRIVILEGED_NECP_POLICIES"])
    daemon = system.add_process(200, uid=0, sandbox=denying)
    daemon.open_policy_session(priority=1)
    app.update(sandbox=denying, privileged=True)
    app.necp_session_open()
