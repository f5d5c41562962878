"""The arithmetic and the decisions of the risk chapter; pure. One module a question, see README.md."""
