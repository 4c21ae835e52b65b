"""What the private page says about each state: plain words that mean nothing to somebody looking on."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from intake.choices import ReachBy
from intake.states import Status


@dataclass(frozen=True)
class Words:
    now: str
    next: str


WORDS = {
    Status.WAITING: Words(_("We have your note. You don’t have to do anything else."), _("Next: we call you.")),
    Status.TRYING: Words(
        _("We tried to reach you."),
        _("Nothing is lost. We try again at another time of day, or you call us."),
    ),
    Status.REACHED: Words(_("We talked."), _("You choose the next step, in your own time.")),
    Status.AGREED: Words(_("You have a plan."), _("It holds until you tell us otherwise. You can still change it.")),
    Status.RETURNED: Words(_("You made it back."), _("This page can be closed now. Call us any time.")),
    Status.RESTING: Words(_("Not now. That’s fine."), _("We leave you in peace until then. Then we ask once more.")),
    Status.NO_NUMBER: Words(_("The number we had did not work."), _("Give us another way to reach you, or call us.")),
    Status.DOOR_OPEN: Words(
        _("We stopped calling for now."), _("The door stays open. Tell us here, or call, when it suits you.")
    ),
    Status.WITHDRAWN: Words(_("You took your note back."), _("Nobody will call. You can change your mind.")),
}

WAITING_FOR_WRITING = {ReachBy.TEXT: _("Next: we text you."), ReachBy.EMAIL: _("Next: we write to you.")}


def words_for(status: str, reach_by: str) -> Words:
    """What to show; somebody who is waiting is told of a call only when a call is what they asked for."""
    words = WORDS[Status(status)]
    if status == Status.WAITING and reach_by in WAITING_FOR_WRITING:
        return Words(words.now, WAITING_FOR_WRITING[ReachBy(reach_by)])
    return words
