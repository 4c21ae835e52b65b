"""What the private page says about each state: plain words that mean nothing to somebody looking on."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from intake.states import Status


@dataclass(frozen=True)
class Words:
    now: str
    next: str


WORDS = {
    Status.WAITING: Words(_("We have your note."), _("You don’t have to do anything else.")),
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
