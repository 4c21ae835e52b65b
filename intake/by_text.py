"""What a text puts before staff. Read by staff alone."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ByText(TextChoices):
    """What a text of theirs, or of whoever has their number, puts before staff."""

    CHANGE = "change", _("Wants to change the time")
    WROTE = "wrote", _("Wrote us a text")
    PERHAPS_STOP = "perhaps_stop", _("May want no more texts")
    WRONG_NUMBER = "wrong_number", _("The number is somebody else’s")
