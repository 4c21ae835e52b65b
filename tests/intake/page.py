"""Reads a page of ours as a browser would: its controls and what is in them, its links, ids and title."""

from html.parser import HTMLParser

from django.http import HttpResponse


class Page(HTMLParser):
    """`values` holds, for every control of the form, what would be posted if nobody touched it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.links: list[str] = []
        self.summary: list[tuple[str, str]] = []  # the href and the words of each link in the list of problems
        self.title, self.text = "", ""
        self._open: list[str] = []
        self._in_summary, self._textarea = 0, ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        if tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._textarea = given["name"]
            self.values.setdefault(self._textarea, [""])
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        if "error-summary" in (given.get("class") or "").split() or (self._in_summary and tag == "div"):
            self._in_summary += 1
        if self._in_summary and tag == "a":
            self.summary.append((given["href"], ""))
        self._open.append(tag)

    def _input(self, given):
        name, value = given.get("name", ""), given.get("value") or ""
        if given.get("type") in {"radio", "checkbox"}:
            self.choices.setdefault(name, []).append(value or "on")
            if "checked" in given:
                self.values.setdefault(name, []).append(value or "on")
        else:
            self.values.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        if tag == "div" and self._in_summary:
            self._in_summary -= 1
        if tag == "textarea":
            self._textarea = ""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if "title" in self._open:
            self.title += data
        if self._textarea:
            self.values[self._textarea][0] += data.removeprefix("\n")
        if self._in_summary and self._open[-1:] == ["a"]:
            href, words = self.summary[-1]
            self.summary[-1] = href, words + data
        self.text += data

    @property
    def csrf(self) -> str:
        return self.values["csrfmiddlewaretoken"][0]
