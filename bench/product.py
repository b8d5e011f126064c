"""The product's own application, on the database of the comparison."""

import os

from api.app import create_app
from api.settings import Settings
from domain.secrecy import Vault

app = create_app(Settings(), os.environ["BENCH_DATABASE_URL"], Vault(("a key for the comparison only",)))
