"""What a verb on notes can say no to. Each is named for what happened."""


class NotADraft(Exception):
    """The note is signed already, by this or another sign page."""


class NotSigned(Exception):
    """Only what is signed can be co-signed, added to or disclosed."""


class Incomplete(Exception):
    """Something blocks the signature. `args[0]` is the list of `completeness.Missing`."""


class NeedsSupervisor(Exception):
    """Somebody with this credential signs together with a supervisor, who is somebody else and may supervise."""


class NoLongerBooked(Exception):
    """The booking was given back, moved or handed to another clinician, or its request is erased."""


class SavedMeanwhile(Exception):
    """The draft was saved from another page since this one was drawn."""


class ChangedMeanwhile(Exception):
    """The draft is not the one that was on the page when it was signed."""


class NotTheirs(Exception):
    """Another clinician has this booking's note, or is to co-sign it."""


class NoConsent(Exception):
    """No consent of this person that is signed, not over and not taken back covers this disclosure (R-P6)."""


class NoReason(Exception):
    """A look in an emergency, an addendum and a disclosure each need a reason in words."""


class TooManyLooks(Exception):
    """This clinician has looked at this person in an emergency as often as one may: it is not an emergency any more."""
