"""What every page of notes does: draw itself with the desk around it, and lead on by its own addresses."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """The page, which no browser keeps: the admin sees to that. Titles hold a reference, never a name."""
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"clinical/{template}.html", whole)


def see(name: str, *args: Any, then: str = "") -> HttpResponse:
    """Go on to a page of notes; `then` is what stands behind its address, such as "#section-safety"."""
    response = redirect(address(name, *args) + then)
    response.status_code = 303
    return response


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:clinical_reassessmentnote_{name}", args=args)
