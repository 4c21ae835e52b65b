"""Reading the Spanish catalogue, what may be in it, and every page that a person can meet."""

import ast
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django.utils.translation.template import templatize

from intake.models import CallbackRequest
from intake.on_offer import on_offer
from reentry_portal import errors
from scheduling import seats
from scheduling.models import SeatClaim
from tests.scheduling.make import group

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
CATALOGUE = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
OF_MY_PAGE = ["", "contact/", "messages/", "withdraw/", "erase/", "ways/", "fit/"]
FAMILY_PAGES = ["/someone-else/", "/someone-else/sent/"]
GUIDE_PAGES = ["/", "/questions/", "/safety/", "/privacy/", "/language-help/"]
OWN_PAGES = ["/start/sent/", *(f"/my/{path}" for path in OF_MY_PAGE)]
LOST_PAGES = ["/no-such-page/", "/my/no-such-link-0123456789/"]
FORM = {"name": "Wren", "reach_by": "call", "phone": "419 555 0117"}
PROBLEMS = {"reach_by": "call", "phone": "12", "email": "x", "times": "x", "location": "x", "options": "x"}

# What only staff read may stay English: their desk, their sign-in, and the messages to their inbox.
STAFF_FOLDERS = {"admin", "account", "mfa", "allauth"}
CLIENT_MODULES = [
    "intake/forms.py",
    "intake/family_form.py",
    "intake/wishes_form.py",
    "intake/start_words.py",
    "intake/calendar_file.py",
    "intake/choices.py",
    "intake/wording.py",
    "intake/status_words.py",
    "followups/words.py",
    "reentry_portal/provider.py",
    "scheduling/clock_words.py",
    "scheduling/words.py",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "intake/views").glob("*.py"))),
]


def entries(text: str) -> list[dict]:
    """The messages of a .po file: id, plural, forms, fuzzy. The header is the one with an empty id."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        parts: dict[str, str] = {}
        name = ""
        for line in lines:
            if line.startswith("#"):
                continue
            if not line.startswith('"'):
                name, _space, line = line.partition(" ")
            parts[name] = parts.get(name, "") + ast.literal_eval(line)
        if "msgid" in parts:
            found.append(
                {
                    "id": parts["msgid"],
                    "plural": parts.get("msgid_plural", ""),
                    "forms": [value for name, value in parts.items() if name.startswith("msgstr")],
                    "fuzzy": any(line.startswith("#,") and "fuzzy" in line for line in lines),
                }
            )
    return found


MESSAGES = {entry["id"]: entry for entry in entries(CATALOGUE.read_text(encoding="utf-8"))}
TRANSLATED = {msgid: one for msgid, one in MESSAGES.items() if msgid and all(one["forms"])}

_TEXT = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(?:gettext|ngettext|_)\(\s*{_TEXT}")


def client_templates() -> list[Path]:
    files = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt"}]
    return [
        path
        for path in files
        if path.relative_to(TEMPLATES).parts[0] not in STAFF_FOLDERS and not path.name.endswith(".inbox.txt")
    ]


def msgids_of_template(text: str) -> set[str]:
    return {ast.literal_eval(match[1]) for match in _CALL.finditer(templatize(text))}


def msgids_of_module(text: str) -> set[str]:
    names = {"_", "gettext", "gettext_lazy", "ngettext", "gettext_noop"}
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    }


def client_msgids() -> dict[str, str]:
    """Everything a client can see, with the file it stands in."""
    found = {msgid: path.name for path in client_templates() for msgid in msgids_of_template(path.read_text())}
    for module in CLIENT_MODULES:
        found |= dict.fromkeys(msgids_of_module((ROOT / module).read_text()), module)
    return found


class Reader(HTMLParser):
    """What a person can see, hear or find: text, and the attributes that are read out or searched."""

    READ_OUT = {"aria-label", "alt", "placeholder", "title", "data-press1", "data-press2", "data-leaving"}
    INLINE = {"a", "b", "bdi", "small"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.language, self._unread = "", "", 0
        self.feed(re.sub(r'<li class="note" lang=.*?</li>', "", html, flags=re.DOTALL))  # help in 18 languages

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.language = given["lang"] if tag == "html" else self.language
        self._unread += tag in {"script", "style", "svg"}
        read_out = [given[name] for name in self.READ_OUT & given.keys()]
        if given.get("name") == "description":
            read_out.append(given["content"])
        self.text += "".join(f"\n{words}\n" for words in read_out) + "\n" * (tag not in self.INLINE)

    def handle_endtag(self, tag):
        self._unread -= tag in {"script", "style", "svg"}
        self.text += "\n" * (tag not in self.INLINE)

    def handle_data(self, data):
        self.text += "" if self._unread else data.replace("\n", " ")


def sentences(html: str) -> list[str]:
    lines = re.split(r"[.?!:]+[”\"]?(?=\s|$)|\n", Reader(html).text)
    return [line for line in (" ".join(line.split()) for line in lines) if re.search(r"[^\W\d]", line)]


def words(sentence: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", sentence)


def text_of(response) -> str:
    return response.content.decode()


def title_of(html: str) -> str:
    return re.search(r"<title>(.*?)</title>", html)[1]


def other_language_of(html: str) -> tuple[str, str]:
    """Language and address of the link to the same page in the other language."""
    header = html[html.index("<header") : html.index("</header>")]
    code, url = re.search(r'<a href="([^"]+)" lang="(\w+)" hreflang="\2">', header).group(2, 1)
    return code, url.replace("&amp;", "&")


def open_own_page(client, prefix: str, **changes) -> None:
    sent = client.post(f"{prefix}/start/", {**FORM, **changes}, follow=True)
    client.get(re.search(r'href="(?:http://testserver)?([^"]*/my/[^"/]{10,}/)"', text_of(sent))[1])


def all_pages(prefix: str) -> dict[str, str]:
    """The HTML of every page a person can meet, by what it is; `prefix` is "" or "/es"."""
    pages = {}
    client = Client()
    for path in [*GUIDE_PAGES, "/start/", *FAMILY_PAGES, *LOST_PAGES]:
        pages[path] = text_of(client.get(prefix + path))
    pages["problems"] = text_of(client.post(f"{prefix}/start/", PROBLEMS))
    pages["no words"] = text_of(client.post(f"{prefix}/someone-else/", {}))
    pages["nothing given"] = text_of(client.post(f"{prefix}/start/", {}))
    for number, (way, more) in enumerate(
        [("call", {}), ("text", {}), ("email", {"email": "wren@example.org", "note": "I want to die"})]
    ):
        client = Client()
        open_own_page(client, prefix, reach_by=way, phone=f"419 555 01{number}1", **more)
        for path in OWN_PAGES:
            pages[f"{path} {way}"] = text_of(client.get(prefix + path))
    pages["contact problems"] = text_of(client.post(f"{prefix}/my/contact/", {"reach_by": "x", "email": "x"}))
    for path in ["messages", "withdraw"]:
        client.post(f"{prefix}/my/{path}/")
        pages[f"after {path}"] = text_of(client.get(f"{prefix}/my/"))
    client = Client()
    open_own_page(client, prefix, phone="419 555 0151")
    client.post(f"{prefix}/my/later/", {"weeks": "2"})
    pages["resting"] = text_of(client.get(f"{prefix}/my/"))
    pages["erased"] = text_of(client.post(f"{prefix}/my/erase/"))
    pages |= _pages_about_starts(prefix)
    with translation.override("es" if prefix else "en"):
        request = RequestFactory().post(f"{prefix}/start/")
        for handler in (
            errors.bad_request,
            errors.permission_denied,
            errors.csrf_failure,
            errors.not_found,
            errors.too_many,
            errors.server_error,
            errors.database_down,
        ):
            pages[handler.__name__] = text_of(handler(request))
    return pages


def _pages_about_starts(prefix: str) -> dict[str, str]:
    """With something to choose from: open, full, held, just taken, waited for, and a confirmed seat that was moved."""
    client = Client()
    open_own_page(client, prefix, phone="419 555 0161")
    story = CallbackRequest.objects.latest("id")
    for day, town in enumerate(["toledo", "maumee", ""], start=1):
        group(town, seats=2, days=[day])
    full = group("oregon", seats=0)
    pages = {"starts": text_of(client.get(f"{prefix}/my/")), "ways": text_of(client.get(f"{prefix}/my/ways/"))}
    client.post(f"{prefix}/my/list/", {"kind": "new_time", "group": full.pk})
    pages["taken"] = text_of(client.post(f"{prefix}/my/choose/", {"pick": f"new_time.{full.pk}.2026-06-02"}))
    open_now = on_offer(story, timezone.now(), on_their_own=True).kinds[1].options
    client.post(f"{prefix}/my/choose/", {"pick": open_now[0].pick.code})
    pages["held"] = text_of(client.get(f"{prefix}/my/"))
    claim = SeatClaim.objects.latest("id")
    seats.place(claim_id=claim.pk, by="the clock", now=timezone.now())
    pages["yours"] = text_of(client.get(f"{prefix}/my/"))
    day = claim.starts_on + timedelta(weeks=1)
    seats.move_first_day(claim_id=claim.pk, starts_on=day, by="the clock", now=timezone.now(), accepted=False)
    pages["moved"] = text_of(client.get(f"{prefix}/my/"))
    pages["fit problems"] = text_of(client.post(f"{prefix}/my/fit/", {"location": "x", "group_times": "x"}))
    return pages
