# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Cursors: opaque texts that say where the next page of a list begins.

A page continues after the last record of the previous one, so that records which are
added or removed between two requests move no other record to another page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime

from odoo.fields import Domain

from .problems import ApiProblem, prepare_body
from .schemas.common import RecordId

CURSOR_PATTERN = r"^[A-Za-z0-9_-]+$"
MAX_CURSOR = 500


class Cursor(BaseModel):
    """What a cursor contains."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def decode(cls, text):
        """Return the content of a cursor that :meth:`encode` has made.

        :raise ApiProblem: when it is another text
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            return cls.model_validate_json(urlsafe_b64decode(padded))
        except ValueError as error:
            raise ApiProblem.from_body(prepare_cursor_body()) from error

    def encode(self):
        content = self.model_dump_json().encode()
        return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


class IdCursor(Cursor):
    """The last record of a list sorted by id."""

    after: RecordId


class BackorderCursor(Cursor):
    """The last order and the last product; None where a list has ended."""

    order: tuple[NaiveDatetime | None, RecordId] | None
    product: tuple[Annotated[float, Field(allow_inf_nan=False)], RecordId] | None


def prepare_cursor_body():
    message = "this is no cursor of this list"
    return prepare_body(
        422,
        "validation",
        "Validation failed",
        f"query.cursor: {message}",
        errors=[{"location": "query.cursor", "message": message}],
    )


def get_domain_after(keys, position):
    """Return the domain of the records that come after ``position``.

    :param keys: the sort order, ``[(field, direction)]``, empty values last
    :param position: the values of these fields in the last record
    """
    domain, same = Domain.FALSE, Domain.TRUE
    for (name, direction), value in zip(keys, position, strict=True):
        domain |= same & get_domain_beyond(name, direction, value)
        same &= Domain(name, "=", value or False)
    return domain


def get_domain_beyond(name, direction, value):
    if direction == "desc":
        return Domain(name, "<", value)
    if value is None:
        return Domain.FALSE
    return Domain(name, ">", value) | Domain(name, "=", False)
