"""The actions of ``necp_client_action``: one file per action, and the table that names them."""
