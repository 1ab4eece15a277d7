"""Why an evaluation came out as it did: which policies, interfaces, routes and agents decided."""
