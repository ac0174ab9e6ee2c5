"""Pictures that pages draw themselves."""

from django.utils.safestring import SafeString, mark_safe

from finetune.documents.typesetting import qr_svg


def qr_picture(text: str) -> SafeString:
    """A QR code as SVG. Its lines are made from the text's own bits: nothing of the text itself stands in it."""
    return mark_safe(qr_svg(text))  # noqa: S308
