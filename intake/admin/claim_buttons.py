"""Take a call, and let go of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from intake import claims
from intake.admin.buttons import press, request_to_work_on, see_card, see_other


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """To the card with the call; back to the list when a colleague was first."""
    request_to_work_on(request, pk)
    taken = press(request, claims.claim, request_id=pk)
    return see_card(pk) if taken else see_other("admin:intake_callbackrequest_desk")


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the list: somebody else may take it."""
    callback = request_to_work_on(request, pk)
    if press(request, claims.release, request_id=pk):
        messages.success(request, f"{callback.reference} is free for a colleague again.")
    return see_other("admin:intake_callbackrequest_desk")
