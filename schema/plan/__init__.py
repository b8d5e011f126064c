"""How does a selection set become one SQL statement?

`fields` is what the types of the schema are written in: a table, whose rows they see, and a line for each
field. `scope` is what such a line may ask at its place in the document, and the statement while it is built;
`paging` are the lists that have cursors. `inputs` are a statement's values, taken anew at each run, and
`refusal` is what becomes of those that are not as they must be. `run` keeps the statements and runs them;
graphql-core comes in at `schema.execution`. Nothing here knows a type: a further kind of field, of order or
of filter lies beside what needs it (`schema.finding`, `schema.statistics`, `schema.following`).
"""
