"""TCP's memory of networks where ECN or Fast Open failed, and its Fast Open cookies."""
