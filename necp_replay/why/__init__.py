"""Why a connection was dropped or a call failed: from lines of a log to an answer.

`findings` gathers what logs say, `causes` lists what can give an errno on a release, `reproduce`
looks for a call that fails in the same way, `write_scenarios` writes scenarios, and `policies`
reads the policies that were in force. Start with `answer.answer_logs`.

The package may import the importers, the engine, explanations and scenarios.

    answers = answer_logs([Path("system.log")], "macos-10.15")
"""
