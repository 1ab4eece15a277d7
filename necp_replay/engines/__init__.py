"""Engines that run as programs of their own: spoken to, served, and tested for the protocol."""
