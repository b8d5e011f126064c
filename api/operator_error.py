"""What does the operator get to read when something of theirs must be put right?"""


class OperatorError(Exception):
    """The operator can put this right; the message is one line that names the cause and the remedy."""
