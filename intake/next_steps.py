"""What comes after a fresh look at what fits."""

from django.db.models import TextChoices


class NextStep(TextChoices):
    START = "start", "They start as agreed"
    CHOOSE = "choose", "They still choose a day and a place"
    ELSEWHERE = "elsewhere", "Another place suits better; we go along with them until they are there"
    LATER = "later", "They want to think about it"
