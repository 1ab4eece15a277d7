"""A client's parameters: parsing their TLVs, and choosing the interface that they ask for.

``interface_match.py`` is the place to start reading: it chooses the interface.
``interface_matcher.py`` compares one interface with the parameters. ``parse.py`` turns TLVs into
:class:`~necp_replay.kernel.objects.parsed_parameters.ParsedParameters`, with one reader for each
type of TLV.

The kernel reads parameters twice, by different rules. What is read here decides on interfaces,
flows and agents. What policies and routes depend on is read by ``policy/parameter_reading.py``.

The package imports ``abi``, the state and the objects, ``agents`` and ``interfaces``. Results,
flows, clients and notifications import it.

    >>> from necp_replay.kernel.parameters.parse import parse_parameters
    >>> from necp_replay.releases.xnu_4570 import XNU_4570_51_1
    >>> tlv = bytes([111, 1, 0, 0, 0, 3])  # REQUIRE_IF_TYPE, 1 byte, Wi-Fi
    >>> parsed = parse_parameters(tlv, XNU_4570_51_1.profile)
    >>> (parsed.required_interface_type, parsed.is_cut_short)
    (3, False)
"""
