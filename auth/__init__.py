"""Who may do what: accounts and passwords, sessions, the permission table, and the Gate before Streamlit."""
