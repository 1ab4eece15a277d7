"""The kernel's binary interface: numbers, struct layouts and the TLV codec. It has no behaviour.

The names are those of the kernel's headers, and each module says which header it is from. The
package imports nothing; every other package may import it. Start with `client` (actions and TLV
types of clients), `policy` (the same for policies) and `tlv`.

    pack_tlv(ClientParameter.PID, (100).to_bytes(4, "little"))
"""
