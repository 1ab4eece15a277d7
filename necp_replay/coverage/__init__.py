"""What traces exercise of all that is modelled: actions, errors, TLVs, policies, release facts."""
