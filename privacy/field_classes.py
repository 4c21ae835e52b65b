"""Every model field belongs to one class, so that what must be sealed, erased or hidden is not a matter of memory.

Each model says so beside its fields: `FIELD_CLASSES = {"status": STAFF, "name": IDENTIFYING, ...}`.
A test fails on a field that is not classified (R-H8).
"""

from enum import StrEnum


class FieldClass(StrEnum):
    PUBLIC = "public"  # may stand on a page anyone can open
    STAFF = "staff"  # for people who work here
    IDENTIFYING = "identifying"  # tells who somebody is, or could lead to them; sealed or hashed
    CLINICAL = "clinical"  # for the person's clinicians only; sealed


PUBLIC, STAFF, IDENTIFYING, CLINICAL = FieldClass
