"""The invoice reference number, which can be known before the portal answers.

Proved against signed samples of the portal. It is not sent: it detects a second submission
and checks the answer.
"""

import hashlib
from datetime import date
from typing import Final

from finetune.gst.years import financial_year

# GSTN advisory: since this day the portal writes a number in capitals before it hashes it.
CAPITALS_SINCE: Final = date(2025, 6, 1)


def irn(*, gstin: str, document_type: str, number: str, on: date) -> str:
    """SHA-256 of GSTIN, financial year, type and number, without separators, as 64 small hexadecimal digits.

    >>> irn(gstin="27AAPFU0939F1ZV", document_type="INV", number="FT-INV-0001", on=date(2026, 11, 22))
    '2b1cde6392e555baa191cf963d8412cb2bc0c498a5be00c3a52bad64623d2594'
    """
    number = number.upper() if on >= CAPITALS_SINCE else number
    return hashlib.sha256(f"{gstin}{financial_year(on)}{document_type}{number}".encode()).hexdigest()
