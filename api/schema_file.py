"""`schema/schema.graphql`: written from the code, or compared with it (`--check`)."""

import difflib
import sys
from pathlib import Path

from schema.schema import build_schema

FILE = Path(__file__).resolve().parent.parent / "schema" / "schema.graphql"


def main() -> int:
    """Writes the file; with `--check`, changes nothing and says how it differs."""
    now = build_schema().as_str() + "\n"
    if "--check" not in sys.argv[1:]:
        FILE.write_text(now)
        return 0
    before = FILE.read_text() if FILE.exists() else ""
    difference = list(
        difflib.unified_diff(
            before.splitlines(), now.splitlines(), "schema/schema.graphql", "the code", lineterm=""
        )
    )
    if difference:
        sys.stderr.write("\n".join([*difference, "Run `make schema` and commit the file.", ""]))
    return bool(difference)


if __name__ == "__main__":
    sys.exit(main())
