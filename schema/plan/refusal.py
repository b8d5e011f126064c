"""How a malformed argument is refused."""

from graphql import GraphQLError


def invalid(argument: str, problem: str) -> GraphQLError:
    """An argument that is out of bounds: its name, and what it may be."""
    return GraphQLError(f"{argument}: {problem}", extensions={"code": "INVALID_INPUT", "argument": argument})
