"""What is still to come, unless somebody asks for what is over: for lists that only grow."""

from datetime import date, datetime

from django.contrib import admin

COMING, OVER, ALL = "coming", "over", "all"


class TimeFilter(admin.SimpleListFilter):
    """Its first answer counts until another is chosen. `lookup` says which column, and from when on a row is coming."""

    title, parameter_name = "time", "time"

    def lookup(self) -> tuple[str, date | datetime]:
        raise NotImplementedError

    def lookups(self, request, model_admin):
        return [(COMING, "Coming"), (OVER, "Over"), (ALL, "All")]

    def queryset(self, request, queryset):
        column, since = self.lookup()
        if self._chosen() == ALL:
            return queryset
        return queryset.filter(**{f"{column}__lt" if self._chosen() == OVER else f"{column}__gte": since})

    def choices(self, changelist):
        for value, words in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self._chosen() == value, "query_string": query, "display": words}

    def _chosen(self) -> str:
        return self.value() or COMING
