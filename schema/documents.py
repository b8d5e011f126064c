"""Which documents are taken? Each text is parsed, measured and validated once, whatever comes of it."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OperationDefinitionNode,
    Token,
    TokenKind,
    UniqueFragmentNamesRule,
    VariablesInAllowedPositionRule,
    parse,
    specified_rules,
    validate,
)

from schema.cost import Survey, TooMuchToCompare
from schema.limits import Excess, LimitExceeded, Limits
from schema.measure import Measure, measure
from schema.terms import Cost
from schema.text import Text, measured

DOCUMENTS_AT_MOST = 1_000
BYTES_AT_MOST = 8 * 2**20
"""Python looks for garbage among what is kept, within which no request is answered: 20 ms for so much."""
BYTES_OF_A_TOKEN = 250
"""A parsed document takes about as much for each token, its places in the text included."""
BYTES_OF_THE_REST = 4_000
ERRORS_AT_MOST = 5
COMPARED_AT_MOST = 10
"""Times the limit of comparisons: then counting on would itself be too much."""

_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)
_OF_VARIABLES = {NoUndefinedVariablesRule, NoUnusedVariablesRule, VariablesInAllowedPositionRule}
_OF_FRAGMENTS = (NoUnusedFragmentsRule, UniqueFragmentNamesRule)
_WITHOUT_VARIABLES = tuple(rule for rule in specified_rules if rule not in _OF_VARIABLES)


class Refused(Exception):
    """The document, or what comes with it, is not one that can be run."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with its cost."""

    node: OperationDefinitionNode
    cost: Cost


@dataclass(slots=True)
class Document:
    """A text that was read: what may be run of it, or why nothing may."""

    text: str
    figures: Text
    node: DocumentNode | None = None
    operations: dict[str | None, Operation] = field(default_factory=dict)
    measure: Measure | None = None
    comparisons: int = 0
    introspection: int = 0
    syntax: GraphQLError | None = None
    invalid: tuple[GraphQLError, ...] | None = None
    """None before it was validated."""
    passed: set[Limits] = field(default_factory=set)
    weight: int = 0

    def operation(self, name: str | None) -> Operation:
        """The operation of a name, or the only one. Raises Refused."""
        if name is not None and name in self.operations:
            return self.operations[name]
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        problem = (
            f"Unknown operation named '{name}'."
            if name is not None
            else "Must provide operation name if query contains multiple operations."
            if self.operations
            else "Must provide an operation."
        )
        raise Refused(told(problem, "OPERATION_RESOLUTION_FAILURE"))

    def was_too_much_before(self, limits: Limits) -> bool:
        """Whether it was read for somebody who may not run it, and is not too much for this caller."""
        is_whole = self.node is not None or self.syntax is not None or self.invalid is not None
        return not is_whole and not any(self.excesses(limits))

    def excesses(self, limits: Limits) -> Iterator[Excess]:
        """What of it is too much for a caller; where the text is, nothing else is told."""
        if found := tuple(self.figures.excesses(limits)):
            yield from found
            return
        if self.measure is not None:
            yield from self.measure.excesses(limits)
        if self.comparisons > limits.comparisons:
            yield Excess("comparisons", limits.comparisons, self.comparisons)
        if self.introspection > limits.introspection_cost:
            yield Excess("introspectionCost", limits.introspection_cost, self.introspection)


class Documents:
    """The texts that were seen lately, in a bounded cache, refused ones among them."""

    def __init__(self, schema: GraphQLSchema, widest: Limits, *, suggestions: bool) -> None:
        """What exceeds the `widest` limits is nobody's to run, and its cost is not worked out."""
        self._schema = schema
        self._widest = widest
        self._suggestions = suggestions
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        self._root_names = frozenset({"__schema", "__type"}).union(
            *(type_.fields for type_ in roots if type_)
        )

    def checked(self, text: str, name: str | None, limits: Limits) -> tuple[Document, Operation]:
        """A text's document and its operation of a name, if this caller may run it.

        Raises LimitExceeded and Refused.
        """
        document = self._kept.get(text)
        if document is None or document.was_too_much_before(limits):
            weight = 0 if document is None else document.weight
            document = self._kept[text] = self._read(text, limits)
            self._kept.move_to_end(text)
            self._drop_the_oldest(document.weight - weight)
        else:
            self._kept.move_to_end(text)
        if limits in document.passed:
            return document, document.operation(name)
        return document, self._check(document, name, limits)

    def _check(self, document: Document, name: str | None, limits: Limits) -> Operation:
        if excesses := tuple(document.excesses(limits)):
            raise LimitExceeded(*excesses)
        if document.syntax is not None:
            raise Refused(document.syntax)
        if document.invalid:
            raise Refused(*document.invalid)
        operation = document.operation(name)
        if document.invalid is None:
            document.invalid = tuple(self._validated(document))
            if document.invalid:
                document.node, document.operations = None, {}
                raise Refused(*document.invalid)
        document.passed.add(limits)
        return operation

    def _read(self, text: str, limits: Limits) -> Document:
        figures = measured(text, limits)
        document = Document(text, figures, weight=figures.bytes + BYTES_OF_THE_REST)
        try:
            node = parse(text)
        except GraphQLError as error:
            document.syntax = _without_nodes(error, "GRAPHQL_PARSE_FAILED")
            return document
        document.measure = measure(node, self._root_names)
        if any(document.measure.excesses(self._widest)):
            return document
        survey = Survey(self._schema, node, self._widest.comparisons * COMPARED_AT_MOST)
        try:
            for definition in node.definitions:
                if isinstance(definition, OperationDefinitionNode):
                    name = definition.name.value if definition.name else None
                    document.operations[name] = Operation(definition, survey.operation(definition))
            for fragment in document.measure.unused:
                survey.unused(fragment)
        except TooMuchToCompare:
            pass
        document.comparisons, document.introspection = survey.comparisons, survey.introspection
        if any(document.excesses(limits)):
            document.operations = {}  # not kept whole: whoever may run it has it read again
        else:
            _cut_from_its_tokens(node)
            document.node = node
            document.weight += figures.tokens * BYTES_OF_A_TOKEN
        return document

    def _validated(self, document: Document) -> Iterator[GraphQLError]:
        assert document.node is not None
        assert document.measure is not None
        rules = specified_rules if "$" in document.text else _WITHOUT_VARIABLES
        if document.measure.unused:
            rules = _OF_FRAGMENTS  # invalid for that alone: nobody need read the rest
        for error in validate(
            self._schema,
            document.node,
            rules,
            max_errors=ERRORS_AT_MOST,
            hide_suggestions=not self._suggestions,
        ):
            yield _without_nodes(error, "GRAPHQL_VALIDATION_FAILED")

    def _drop_the_oldest(self, more: int) -> None:
        self._bytes += more
        while len(self._kept) > DOCUMENTS_AT_MOST or self._bytes > BYTES_AT_MOST:
            self._bytes -= self._kept.popitem(last=False)[1].weight


def told(message: str, code: str) -> GraphQLError:
    """An error of the request as a whole."""
    return GraphQLError(message, extensions={"code": code})


def _without_nodes(error: GraphQLError, code: str) -> GraphQLError:
    """The same to a client, without the document that it would keep in memory."""
    light = told(error.message, code)
    light.locations = error.locations
    return light


def _cut_from_its_tokens(document: DocumentNode) -> None:
    """Leaves each node its place in the text. Tokens hang together: one keeps all of them in memory."""
    parts: list[Any] = [document]
    while parts:
        part = parts.pop()
        if isinstance(part, Node):
            if part.loc is not None:
                part.loc.start_token = part.loc.end_token = _NO_TOKEN
            parts += vars(part).values()
        elif isinstance(part, tuple | list):
            parts += part
