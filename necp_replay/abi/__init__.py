"""What the kernel's headers say: numbers, struct layouts and the TLV codec. No behaviour."""
