"""The vocabularies become enums of the schema before any type that uses them is made."""

from schema import words

words.register()
