"""Log lines from an allow-list: time, level, logger, a scrubbed message, and where an error happened (R-H13).

The text of an exception is left out, because a database may quote a row in it.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

_SCRUB = [
    (re.compile(r"/(my|u)/[^/\s?\"']+"), r"/\1/…"),
    (re.compile(r"(?<=\?)\S+"), "…"),
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+"), "…@…"),
    (re.compile(r"\+?\d(?:[\s().-]*\d){6,}"), "…"),
]


def scrub(text: str) -> str:
    """The text without private links, query strings, addresses and numbers as long as a phone number."""
    for pattern, instead in _SCRUB:
        text = pattern.sub(instead, text)
    return text


def _without_error_text(record: logging.LogRecord) -> str:
    """The message; some libraries write the text of the exception into it."""
    message = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    for words in filter(None, (repr(error), str(error)) if error else ()):
        message = message.replace(words, "…")
    return message


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | list[str]] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(_without_error_text(record)),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line, ensure_ascii=False)
